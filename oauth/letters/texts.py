"""The letters' words, in the languages that we write."""

import enum
from dataclasses import dataclass


class Letter(enum.Enum):
    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105  a letter's name
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105  a letter's name
    EMAIL_CHANGED = "EMAIL_CHANGED"
    EXPORT_READY = "EXPORT_READY"
    ERASURE_REQUESTED = "ERASURE_REQUESTED"
    ERASURE_CANCELLED = "ERASURE_CANCELLED"
    ERASED = "ERASED"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"


@dataclass(frozen=True, slots=True)
class Text:
    """`{days}` and `{receipt}` are filled in; `button` is what the link says, in a letter that has one."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""


NOT_YOU = {
    "en": "If this was not you, reset your password at once.",
    "de": "Falls du das nicht warst, setze sofort dein Passwort zurück.",
    "es": "Si no has sido tú, restablece tu contraseña de inmediato.",
}

TEXTS: dict[str, dict[Letter, Text]] = {
    "en": {
        Letter.VERIFY_EMAIL: Text(
            "Confirm your e-mail address",
            (
                "Somebody gave this address for an account with Marquee. If it was you, confirm it.",
                "The link is good for three days, once. If it was not you, there is nothing to do.",
            ),
            "Confirm the address",
        ),
        Letter.RESET_PASSWORD: Text(
            "Reset your password",
            (
                "Somebody asked to reset the password of your account. If it was you, choose a new one.",
                "The link is good for one hour, once. If it was not you, there is nothing to do: "
                "your password stays as it is.",
            ),
            "Choose a new password",
        ),
        Letter.PASSWORD_CHANGED: Text(
            "Your password was changed",
            (
                "The password of your account was changed, and other devices were signed out.",
                NOT_YOU["en"],
            ),
        ),
        Letter.EMAIL_CHANGED: Text(
            "Your e-mail address was changed",
            (
                "Your account has a new e-mail address. This one does not belong to it any more.",
                "If this was not you, ask our support.",
            ),
        ),
        Letter.EXPORT_READY: Text(
            "Your data are ready",
            ("The copy of your household's data that you asked for is ready. Sign in to fetch it within seven days.",),
        ),
        Letter.ERASURE_REQUESTED: Text(
            "Your account will be erased",
            (
                "You asked us to erase your account and all that belongs to it. We will do so in {days} days.",
                "Until then you can sign in and cancel it. " + NOT_YOU["en"],
            ),
        ),
        Letter.ERASURE_CANCELLED: Text(
            "Your account stays",
            ("The erasure of your account is cancelled: all is as it was.", NOT_YOU["en"]),
        ),
        Letter.ERASED: Text(
            "Your account is being erased",
            (
                "Your account and all that belongs to it are erased now, this address included. It cannot be undone.",
                "Your receipt: {receipt}",
            ),
        ),
        Letter.ACCOUNT_SUSPENDED: Text(
            "Your account is suspended",
            ("Our support suspended your account: nobody can watch or sign in for now. Ask them to learn more.",),
        ),
    },
    "de": {
        Letter.VERIFY_EMAIL: Text(
            "Bestätige deine E-Mail-Adresse",
            (
                "Jemand hat diese Adresse für ein Konto bei Marquee angegeben. Falls du es warst, bestätige sie.",
                "Der Link gilt drei Tage lang, einmal. Falls du es nicht warst, musst du nichts tun.",
            ),
            "Adresse bestätigen",
        ),
        Letter.RESET_PASSWORD: Text(
            "Setze dein Passwort zurück",
            (
                "Jemand möchte das Passwort deines Kontos zurücksetzen. Falls du es bist, wähle ein neues.",
                "Der Link gilt eine Stunde lang, einmal. Falls du es nicht bist, musst du nichts tun: "
                "Dein Passwort bleibt, wie es ist.",
            ),
            "Neues Passwort wählen",
        ),
        Letter.PASSWORD_CHANGED: Text(
            "Dein Passwort wurde geändert",
            (
                "Das Passwort deines Kontos wurde geändert, und andere Geräte wurden abgemeldet.",
                NOT_YOU["de"],
            ),
        ),
        Letter.EMAIL_CHANGED: Text(
            "Deine E-Mail-Adresse wurde geändert",
            (
                "Dein Konto hat eine neue E-Mail-Adresse. Diese hier gehört nicht mehr dazu.",
                "Falls du das nicht warst, frage unseren Support.",
            ),
        ),
        Letter.EXPORT_READY: Text(
            "Deine Daten sind bereit",
            (
                "Die Kopie der Daten deines Haushalts, um die du gebeten hast, ist bereit. "
                "Melde dich an, um sie innerhalb von sieben Tagen abzuholen.",
            ),
        ),
        Letter.ERASURE_REQUESTED: Text(
            "Dein Konto wird gelöscht",
            (
                "Du hast uns gebeten, dein Konto und alles, was dazu gehört, zu löschen. "
                "Das geschieht in {days} Tagen.",
                "Bis dahin kannst du dich anmelden und es dir anders überlegen. " + NOT_YOU["de"],
            ),
        ),
        Letter.ERASURE_CANCELLED: Text(
            "Dein Konto bleibt",
            ("Dein Konto wird nicht gelöscht: Alles bleibt, wie es war.", NOT_YOU["de"]),
        ),
        Letter.ERASED: Text(
            "Dein Konto wird jetzt gelöscht",
            (
                "Dein Konto und alles, was dazu gehört, auch diese Adresse, werden jetzt gelöscht. "
                "Das lässt sich nicht rückgängig machen.",
                "Deine Quittung: {receipt}",
            ),
        ),
        Letter.ACCOUNT_SUSPENDED: Text(
            "Dein Konto ist gesperrt",
            (
                "Unser Support hat dein Konto gesperrt: Vorerst kann niemand schauen oder sich anmelden. "
                "Dort erfährst du mehr.",
            ),
        ),
    },
    "es": {
        Letter.VERIFY_EMAIL: Text(
            "Confirma tu correo electrónico",
            (
                "Alguien ha dado esta dirección para una cuenta de Marquee. Si has sido tú, confírmala.",
                "El enlace vale tres días y una sola vez. Si no has sido tú, no tienes que hacer nada.",
            ),
            "Confirmar la dirección",
        ),
        Letter.RESET_PASSWORD: Text(
            "Restablece tu contraseña",
            (
                "Alguien ha pedido restablecer la contraseña de tu cuenta. Si has sido tú, elige una nueva.",
                "El enlace vale una hora y una sola vez. Si no has sido tú, no tienes que hacer nada: "
                "tu contraseña sigue como está.",
            ),
            "Elegir una contraseña nueva",
        ),
        Letter.PASSWORD_CHANGED: Text(
            "Tu contraseña ha cambiado",
            (
                "La contraseña de tu cuenta ha cambiado y se ha cerrado la sesión en los demás dispositivos.",
                NOT_YOU["es"],
            ),
        ),
        Letter.EMAIL_CHANGED: Text(
            "Tu correo electrónico ha cambiado",
            (
                "Tu cuenta tiene una dirección de correo nueva. Esta ya no le pertenece.",
                "Si no has sido tú, pregunta a nuestro servicio de atención.",
            ),
        ),
        Letter.EXPORT_READY: Text(
            "Tus datos están listos",
            (
                "La copia de los datos de tu hogar que pediste está lista. "
                "Inicia sesión para descargarla en un plazo de siete días.",
            ),
        ),
        Letter.ERASURE_REQUESTED: Text(
            "Tu cuenta se borrará",
            (
                "Nos has pedido borrar tu cuenta y todo lo que le pertenece. Lo haremos dentro de {days} días.",
                "Hasta entonces puedes iniciar sesión y cancelarlo. " + NOT_YOU["es"],
            ),
        ),
        Letter.ERASURE_CANCELLED: Text(
            "Tu cuenta se queda",
            ("El borrado de tu cuenta se ha cancelado: todo sigue como estaba.", NOT_YOU["es"]),
        ),
        Letter.ERASED: Text(
            "Tu cuenta se está borrando",
            (
                "Tu cuenta y todo lo que le pertenece, también esta dirección, se borran ahora. No se puede deshacer.",
                "Tu justificante: {receipt}",
            ),
        ),
        Letter.ACCOUNT_SUSPENDED: Text(
            "Tu cuenta está suspendida",
            (
                "Nuestro servicio de atención ha suspendido tu cuenta: por ahora nadie puede ver nada ni iniciar "
                "sesión. Allí te dirán más.",
            ),
        ),
    },
}


def text_of(letter: Letter, language: str) -> tuple[str, Text]:
    """The letter's words in the language (BCP 47) or, where we don't write it, in English; and which of them it is."""
    spoken = language.partition("-")[0].lower()
    written = spoken if spoken in TEXTS else "en"
    return written, TEXTS[written][letter]
