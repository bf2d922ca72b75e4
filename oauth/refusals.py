"""Refusals in the languages that we speak.

English is what is raised, with the values at hand; the others name the rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from babel import negotiate_locale

from runtime.errors import UserErrorRow

TRANSLATED: dict[str, dict[str, str]] = {
    "de": {
        "ACCOUNT_NOT_FOUND": "Dieses Konto gibt es nicht.",
        "ACCOUNT_SUSPENDED": "Dieses Konto ist gesperrt. Bitte frag unseren Support.",
        "ADMINISTRATOR_REQUIRED": "Das Konto eines Administrators sperrt nur ein anderer Administrator.",
        "ALREADY_VERIFIED": "Die Adresse des Kontos ist schon bestätigt.",
        "BREACHED_PASSWORD": "Dieses Passwort steht auf Listen gestohlener Passwörter. Wähl ein anderes.",
        "DUPLICATE_LANGUAGE": "Eine Sprache steht hier zweimal.",
        "EMAIL_TAKEN": "Zu dieser Adresse gibt es schon ein Konto.",
        "INVALID_EMAIL": "Das ist keine E-Mail-Adresse.",
        "INVALID_NAME": "Ein Name hat 1 bis 50 druckbare Zeichen.",
        "INVALID_PIN": "Eine PIN hat vier Ziffern, nicht alle gleich und nicht der Reihe nach.",
        "INVALID_REFRESH_TOKEN": "Dieses Token gilt nicht: melde dich neu an.",
        "INVALID_SETTINGS": "Name und Art des Profils sind eigene Argumente und gehören nicht in die Einstellungen.",
        "INVALID_TOKEN": "Dieser Link wurde schon benutzt oder ist zu alt.",
        "INVALID_USER_CODE": "Kein Gerät wartet mit diesem Code. Sieh noch einmal auf seinen Bildschirm.",
        "KIDS_PROFILE": "Das geht nicht mit einem Kinderprofil: wähl das eines Erwachsenen.",
        "LAST_ADMINISTRATOR": "Danach könnte niemand mehr Rollen vergeben.",
        "LAST_ADULT_PROFILE": "Ein Haushalt behält mindestens ein Profil für Erwachsene.",
        "LAST_PROFILE": "Ein Haushalt behält mindestens ein Profil.",
        "NAME_TAKEN": "So heißt schon ein anderes Profil des Haushalts.",
        "NOT_CANCELLABLE": "Diese Löschung ist erledigt, abgesagt oder hat schon begonnen.",
        "NOT_FOUND": "So etwas hat der Haushalt nicht.",
        "OUT_OF_RANGE": "Dieser Wert liegt außerhalb des Erlaubten.",
        "OWN_ACCOUNT": "Das tut niemand dem eigenen Konto an: bitte einen anderen Administrator darum.",
        "PASSWORD_REQUIRED": "Dafür braucht es das Passwort des Kontos.",
        "PIN_REQUIRED": "Dieses Profil fragt nach seiner PIN.",
        "PROFILE_NOT_FOUND": "Dieses Profil hat der Haushalt nicht.",
        "REASON_REQUIRED": "Sag, warum, in 1 bis 1000 Zeichen.",
        "REFRESH_TOKEN_REUSED": "Dieses Token wurde schon benutzt: die Sitzung ist beendet.",
        "TOO_MANY_ATTEMPTS": "Zu viele Versuche. Warte ein wenig, dann versuch es noch einmal.",
        "TOO_MANY_PASSKEYS": "Du hast so viele Passkeys, wie ein Konto haben kann. Entferne zuerst einen.",
        "TOO_MANY_PROFILES": "Der Haushalt hat schon so viele Profile, wie sein Tarif erlaubt.",
        "UNKNOWN_AVATAR": "Dieses Bild gibt es nicht.",
        "UNKNOWN_COUNTRY": "Das ist kein Land nach ISO 3166-1 alpha-2.",
        "UNKNOWN_LANGUAGE": "Das ist keine Sprache nach BCP 47.",
        "UNKNOWN_ROLE": "Diese Rolle gibt es nicht.",
        "WEAK_PASSWORD": "Dieses Passwort ist leicht zu erraten. Nimm ein längeres oder mehrere ungewöhnliche Wörter.",
        "WRONG_CREDENTIALS": "Die Adresse oder das Passwort ist falsch.",
        "WRONG_PASSKEY": "Dieser Passkey meldet hier niemanden an. Nimm einen anderen oder dein Passwort.",
        "WRONG_PASSWORD": "Das Passwort ist falsch.",
        "WRONG_PIN": "Die PIN ist falsch.",
    },
    "es": {
        "ACCOUNT_NOT_FOUND": "No existe esa cuenta.",
        "ACCOUNT_SUSPENDED": "Esta cuenta está suspendida. Pregunta a nuestro soporte.",
        "ADMINISTRATOR_REQUIRED": "La cuenta de un administrador solo la suspende otro administrador.",
        "ALREADY_VERIFIED": "La dirección de la cuenta ya está confirmada.",
        "BREACHED_PASSWORD": "Esta contraseña está en listas de contraseñas robadas. Elige otra.",
        "DUPLICATE_LANGUAGE": "Aquí hay un idioma repetido.",
        "EMAIL_TAKEN": "Ya hay una cuenta con esta dirección.",
        "INVALID_EMAIL": "Esto no es una dirección de correo electrónico.",
        "INVALID_NAME": "Un nombre tiene de 1 a 50 caracteres imprimibles.",
        "INVALID_PIN": "Un PIN tiene cuatro cifras, ni todas iguales ni seguidas.",
        "INVALID_REFRESH_TOKEN": "Este token no vale: inicia sesión de nuevo.",
        "INVALID_SETTINGS": "El nombre y el tipo del perfil son argumentos propios y no van en los ajustes.",
        "INVALID_TOKEN": "Este enlace ya se usó o es demasiado antiguo.",
        "INVALID_USER_CODE": "Ningún dispositivo espera con este código. Mira su pantalla otra vez.",
        "KIDS_PROFILE": "Esto no se puede con un perfil infantil: elige el de un adulto.",
        "LAST_ADMINISTRATOR": "Después nadie podría asignar funciones.",
        "LAST_ADULT_PROFILE": "Un hogar conserva al menos un perfil de adulto.",
        "LAST_PROFILE": "Un hogar conserva al menos un perfil.",
        "NAME_TAKEN": "Otro perfil del hogar ya se llama así.",
        "NOT_CANCELLABLE": "Este borrado ya terminó, se anuló o ha empezado.",
        "NOT_FOUND": "El hogar no tiene nada así.",
        "OUT_OF_RANGE": "Este valor está fuera de lo permitido.",
        "OWN_ACCOUNT": "Nadie hace esto con su propia cuenta: pídeselo a otro administrador.",
        "PASSWORD_REQUIRED": "Para esto hace falta la contraseña de la cuenta.",
        "PIN_REQUIRED": "Este perfil pide su PIN.",
        "PROFILE_NOT_FOUND": "El hogar no tiene ese perfil.",
        "REASON_REQUIRED": "Di por qué, en 1 a 1000 caracteres.",
        "REFRESH_TOKEN_REUSED": "Este token ya se usó: su sesión ha terminado.",
        "TOO_MANY_ATTEMPTS": "Demasiados intentos. Espera un poco y vuelve a probar.",
        "TOO_MANY_PASSKEYS": "Tienes tantas llaves como puede tener una cuenta. Quita una primero.",
        "TOO_MANY_PROFILES": "El hogar ya tiene todos los perfiles que permite su plan.",
        "UNKNOWN_AVATAR": "No existe esa imagen.",
        "UNKNOWN_COUNTRY": "Esto no es un país de ISO 3166-1 alfa-2.",
        "UNKNOWN_LANGUAGE": "Esto no es un idioma de BCP 47.",
        "UNKNOWN_ROLE": "No existe esa función.",
        "WEAK_PASSWORD": "Esta contraseña es fácil de adivinar. Hazla más larga o de varias palabras poco comunes.",
        "WRONG_CREDENTIALS": "La dirección o la contraseña no es correcta.",
        "WRONG_PASSKEY": "Esta llave de acceso no abre nada aquí. Prueba con otra o con tu contraseña.",
        "WRONG_PASSWORD": "La contraseña no es correcta.",
        "WRONG_PIN": "El PIN no es correcto.",
    },
}


def translated(
    languages: Sequence[str], error: UserErrorRow, texts: Mapping[str, Mapping[str, str]] = TRANSLATED
) -> UserErrorRow:
    """The refusal, in whichever language that we speak suits who prefers these (BCP 47), best first.

    `texts` maps languages to texts by code; English is what the refusal says itself.
    """
    language = negotiate_locale(languages, ["en", *texts], sep="-") or "en"
    return replace(error, message=texts.get(language, {}).get(error.code, error.message))
