"""What this subgraph says to people, in the languages that it speaks."""

from collections.abc import Iterable

from resolvers.texts import best

MESSAGES: dict[str, dict[str, str]] = {
    "CONTINUE_WATCHING": {"en": "Continue watching", "de": "Weiterschauen", "es": "Seguir viendo"},
    "MY_LIST": {"en": "My list", "de": "Meine Liste", "es": "Mi lista"},
    "TOP_PICKS": {"en": "Top picks for you", "de": "Unsere Tipps für dich", "es": "Nuestras sugerencias para ti"},
    "BECAUSE_YOU_WATCHED": {
        "en": "Because you watched {name}",
        "de": "Weil du {name} gesehen hast",
        "es": "Porque viste {name}",
    },
    "BECAUSE_YOU_LIKED": {
        "en": "Because you liked {name}",
        "de": "Weil dir {name} gefällt",
        "es": "Porque te gustó {name}",
    },
    "BECAUSE_OF_GENRE": {"en": "Because you like {name}", "de": "Weil du {name} magst", "es": "Porque te gusta {name}"},
    "WITH_PERSON": {"en": "With {name}", "de": "Mit {name}", "es": "Con {name}"},
    "BECAUSE_OF_LIST": {
        "en": "Because {name} is on your list",
        "de": "Weil {name} auf deiner Liste steht",
        "es": "Porque {name} está en tu lista",
    },
    "BECAUSE_YOU_CHOSE": {
        "en": "Because you picked {name}",
        "de": "Weil du {name} ausgewählt hast",
        "es": "Porque elegiste {name}",
    },
    "IN_GENRE": {"en": "{name}", "de": "{name}", "es": "{name}"},
    "LIKE_TITLE": {"en": "More like {name}", "de": "Ähnlich wie {name}", "es": "Similar a {name}"},
    "WATCH_AGAIN": {"en": "Watch again", "de": "Noch einmal ansehen", "es": "Volver a ver"},
    "WATCHED_BEFORE": {"en": "You watched it before", "de": "Das hast du schon gesehen", "es": "Ya lo viste"},
    "UNKNOWN_ROW": {
        "en": "Your home screen has no such row.",
        "de": "Diese Zeile gibt es auf deiner Startseite nicht.",
        "es": "Tu pantalla de inicio no tiene esa fila.",
    },
    "TOO_MANY_TITLES": {
        "en": "Name at most {most} titles at a time; these are {count}.",
        "de": "Nenne höchstens {most} Titel auf einmal; das sind {count}.",
        "es": "Indica como máximo {most} títulos a la vez; estos son {count}.",
    },
    "TRENDING": {"en": "Trending now", "de": "Gerade angesagt", "es": "Tendencias"},
    "NEW_RELEASES": {"en": "New on Marquee", "de": "Neu bei Marquee", "es": "Novedades en Marquee"},
    "LEAVING_SOON": {"en": "Leaving soon", "de": "Nur noch kurz verfügbar", "es": "Disponible por poco tiempo"},
    "POPULAR": {"en": "Popular on Marquee", "de": "Beliebt bei Marquee", "es": "Popular en Marquee"},
    "POPULAR_IN": {"en": "Popular in {genre}", "de": "Beliebt in {genre}", "es": "Popular en {genre}"},
    "PROFILE_REQUIRED": {
        "en": "Select a profile first.",
        "de": "Wähle zuerst ein Profil aus.",
        "es": "Elige primero un perfil.",
    },
    "NO_SUBSCRIPTION": {
        "en": "Your household has no subscription that is running.",
        "de": "Dein Haushalt hat kein laufendes Abo.",
        "es": "Tu hogar no tiene una suscripción activa.",
    },
    "ACCOUNT_SUSPENDED": {
        "en": "Your account is suspended.",
        "de": "Dein Konto ist gesperrt.",
        "es": "Tu cuenta está suspendida.",
    },
    "NOT_AVAILABLE": {
        "en": "This title is not available.",
        "de": "Dieser Titel ist nicht verfügbar.",
        "es": "Este título no está disponible.",
    },
    "COMING_SOON": {
        "en": "This title is coming soon.",
        "de": "Dieser Titel kommt bald.",
        "es": "Este título llegará pronto.",
    },
    "NOT_READY": {
        "en": "This title is still being prepared. Try again in a few minutes.",
        "de": "Dieser Titel wird noch vorbereitet. Versuch es in ein paar Minuten noch einmal.",
        "es": "Este título aún se está preparando. Inténtalo de nuevo en unos minutos.",
    },
    "STREAM_LIMIT": {
        "en": "Your plan allows {limit} stream(s) at a time, and all are in use.",
        "de": "Dein Tarif erlaubt {limit} gleichzeitige Wiedergabe(n), und alle sind belegt.",
        "es": "Tu plan permite {limit} reproducción(es) a la vez y todas están en uso.",
    },
    "PLAN_TOO_LOW": {
        "en": "Your plan does not include the quality that this title comes in.",
        "de": "Dein Tarif umfasst nicht die Qualität, in der es diesen Titel gibt.",
        "es": "Tu plan no incluye la calidad en la que está disponible este título.",
    },
    "DEVICE_NOT_SUPPORTED": {
        "en": "This title can't be played on this device.",
        "de": "Dieser Titel lässt sich auf diesem Gerät nicht abspielen.",
        "es": "Este título no se puede reproducir en este dispositivo.",
    },
    "SESSION_ENDED": {
        "en": "This playback has ended: start it again.",
        "de": "Diese Wiedergabe ist beendet: starte sie neu.",
        "es": "Esta reproducción ha terminado: iníciala de nuevo.",
    },
    "TAKEN_OVER": {
        "en": "{name} is watching now and took this stream over.",
        "de": "{name} schaut jetzt und hat diese Wiedergabe übernommen.",
        "es": "{name} está viendo algo ahora y ocupó esta reproducción.",
    },
    "DEVICE_REVOKED": {
        "en": "This device was signed out by your household.",
        "de": "Dieses Gerät wurde von deinem Haushalt abgemeldet.",
        "es": "Tu hogar cerró la sesión de este dispositivo.",
    },
    "SIGNED_OUT": {
        "en": "You were signed out: sign in again to go on watching.",
        "de": "Du wurdest abgemeldet: melde dich wieder an, um weiterzuschauen.",
        "es": "Se cerró tu sesión: vuelve a iniciarla para seguir viendo.",
    },
    "UNKNOWN_SESSION": {
        "en": "There is no such playback session.",
        "de": "Diese Wiedergabe gibt es nicht.",
        "es": "No existe esa reproducción.",
    },
    "UNKNOWN_TITLE": {
        "en": "There is no such title.",
        "de": "Diesen Titel gibt es nicht.",
        "es": "No existe ese título.",
    },
    "TITLE_OR_ALL": {
        "en": "Say either of which title, or `all: true`.",
        "de": "Gib entweder einen Titel an oder `all: true`.",
        "es": "Indica un título o bien `all: true`.",
    },
    "NOT_NEGATIVE": {
        "en": "A position is never negative; it is {value}.",
        "de": "Eine Position ist nie negativ; sie ist {value}.",
        "es": "Una posición nunca es negativa; es {value}.",
    },
    "FROM_ONE": {
        "en": "A session's heartbeats are numbered from 1 on; this one is {value}.",
        "de": "Die Heartbeats einer Wiedergabe zählen ab 1; dieser ist {value}.",
        "es": "Los latidos de una reproducción se numeran desde 1; este es {value}.",
    },
    "UNNAMED_DEVICE": {"en": "A device", "de": "Ein Gerät", "es": "Un dispositivo"},
    "SOMEONE": {"en": "Someone", "de": "Jemand", "es": "Alguien"},
}


def say(languages: Iterable[str], message: str, **values: object) -> str:
    """The message in the best of the languages, with its values filled in."""
    text = best(MESSAGES[message], languages)
    assert text is not None, f"{message} has no text at all"
    return text.format(**values)
