"""What stands in an archive's README.txt, in the languages that we write to households in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from resolvers.texts import best


@dataclass(frozen=True, slots=True)
class Words:
    """`{made_at}` is filled in; `kinds` says what each file holds."""

    title: str
    about: str
    secrets: str
    manifest: str
    kinds: dict[str, str]


WORDS = {
    "en": Words(
        title="What we hold about your household",
        about="As of {made_at}. Each file is a list in JSON (UTF-8); times are RFC 3339, durations milliseconds.",
        secrets="Left out is what would let its finder in: digests of passwords, PINs, tokens and cookies, and keys.",
        manifest="the SHA-256 of each file here",
        kinds={
            "account": "the account: address, country, language, roles, whether it has a password",
            "consents": "every answer that you gave about consent, with its time",
            "continue_watching": "what you may go on watching, by profile",
            "data_requests": "your requests for a copy or for erasure",
            "devices": "the devices on which you signed in",
            "entitlements": "what you may watch, by which plan and why",
            "known_addresses": "when you last signed in from each network address, which we keep in no readable form",
            "mailed_links": "the links that we mailed to you",
            "my_list": "the titles on your lists, by profile",
            "not_interested": "the titles that you do not want to be shown, by profile",
            "outside_identities": "the providers through which you sign in",
            "passkeys": "your passkeys by name",
            "plays": "each play: when, on which device, how far, how well it ran",
            "profiles": "your profiles with their settings",
            "progress": "how far each profile is in what it watched",
            "shown_on_home": "which titles of which row of your home screen were shown to you on which day, by profile",
            "sign_ins": "where you are signed in",
            "staff_acts": "what our staff did to your account and why, and what you did as staff",
            "taken_out_of_continue_watching": "the titles that you took out of what you may go on watching, by profile",
            "taste_seeds": "the titles that you picked so that your first suggestions fit, by profile",
            "thumbs": "what you think of titles, by profile",
        },
    ),
    "de": Words(
        title="Was wir über Ihren Haushalt gespeichert haben",
        about="Stand: {made_at}. Jede Datei ist JSON (UTF-8) mit einer Liste; Zeiten nach RFC 3339, Dauern in "
        "Millisekunden.",
        secrets="Nicht enthalten ist, was einem Finder Zutritt gäbe: Prüfwerte von Passwörtern, PINs, Token und "
        "Cookies, und Schlüssel.",
        manifest="der SHA-256-Wert jeder Datei",
        kinds={
            "account": "das Konto: Adresse, Land, Sprache, Rollen, ob es ein Passwort hat",
            "consents": "jede Ihrer Antworten zu Einwilligungen, mit Zeitpunkt",
            "continue_watching": "was Sie weiterschauen können, je Profil",
            "data_requests": "Ihre Anträge auf Auskunft oder Löschung",
            "devices": "die Geräte, auf denen Sie sich angemeldet haben",
            "entitlements": "was Sie sehen dürfen, durch welches Abo und warum",
            "known_addresses": "wann Sie sich zuletzt von jeder Netzadresse angemeldet haben, die wir nicht lesbar "
            "aufbewahren",
            "mailed_links": "die Links, die wir Ihnen geschickt haben",
            "my_list": "die Titel auf Ihren Listen, je Profil",
            "not_interested": "die Titel, die Sie nicht vorgeschlagen haben möchten, je Profil",
            "outside_identities": "die Anbieter, über die Sie sich anmelden",
            "passkeys": "Ihre Passkeys mit Namen",
            "plays": "jede Wiedergabe: wann, auf welchem Gerät, wie weit, wie störungsfrei",
            "profiles": "Ihre Profile mit ihren Einstellungen",
            "progress": "wie weit jedes Profil ist",
            "shown_on_home": "welche Titel welcher Zeile der Startseite Ihnen an welchem Tag gezeigt wurden, je Profil",
            "sign_ins": "wo Sie angemeldet sind",
            "staff_acts": "was unser Personal an Ihrem Konto getan hat und warum, und was Sie als Personal getan haben",
            "taken_out_of_continue_watching": "die Titel, die Sie aus dem Weiterschauen genommen haben, je Profil",
            "taste_seeds": "die Titel, die Sie für Ihre ersten Vorschläge ausgewählt haben, je Profil",
            "thumbs": "Ihre Bewertungen, je Profil",
        },
    ),
    "es": Words(
        title="Lo que guardamos sobre su hogar",
        about="A fecha de {made_at}. Cada archivo es JSON (UTF-8) con una lista; horas según RFC 3339, duraciones en "
        "milisegundos.",
        secrets="No se incluye lo que daría acceso a quien lo encuentre: resúmenes de contraseñas, PIN, tokens y "
        "cookies, ni claves.",
        manifest="el SHA-256 de cada archivo",
        kinds={
            "account": "la cuenta: dirección, país, idioma, funciones, si tiene contraseña",
            "consents": "cada respuesta suya sobre consentimientos, con su hora",
            "continue_watching": "lo que puede seguir viendo, por perfil",
            "data_requests": "sus solicitudes de copia o de supresión",
            "devices": "los dispositivos en los que inició sesión",
            "entitlements": "lo que puede ver, por qué plan y por qué motivo",
            "known_addresses": "cuándo inició sesión por última vez desde cada dirección de red, que no guardamos de "
            "forma legible",
            "mailed_links": "los enlaces que le enviamos",
            "my_list": "los títulos de sus listas, por perfil",
            "not_interested": "los títulos que no quiere que se le propongan, por perfil",
            "outside_identities": "los proveedores con los que inicia sesión",
            "passkeys": "sus llaves de acceso, por nombre",
            "plays": "cada reproducción: cuándo, en qué dispositivo, hasta dónde, con qué calidad",
            "profiles": "sus perfiles con sus ajustes",
            "progress": "por dónde va cada perfil",
            "shown_on_home": "qué títulos de qué fila de la pantalla de inicio se le mostraron cada día, por perfil",
            "sign_ins": "dónde tiene la sesión iniciada",
            "staff_acts": "lo que nuestro personal hizo en su cuenta y por qué, y lo que usted hizo como personal",
            "taken_out_of_continue_watching": "los títulos que quitó de lo que puede seguir viendo, por perfil",
            "taste_seeds": "los títulos que eligió para sus primeras sugerencias, por perfil",
            "thumbs": "sus valoraciones, por perfil",
        },
    ),
}


def readme(kinds: Collection[str], language: str, made_at: datetime) -> str:
    """The text for an archive of these kinds; each must have its words."""
    words = best(WORDS, [language])
    assert words is not None, "there is always English"
    lines = [f"{kind}.json: {words.kinds[kind]}" for kind in sorted(kinds)]
    about = words.about.format(made_at=made_at.isoformat(timespec="seconds"))
    return "\n".join([words.title, "", about, words.secrets, "", *lines, f"manifest.json: {words.manifest}", ""])
