"""Refusals of editors' changes in the languages that we speak: English is what is raised, the others name the rule."""

from collections.abc import Sequence

from oauth import refusals
from runtime.errors import UserErrorRow

TRANSLATED: dict[str, dict[str, str]] = {
    "de": {
        "COLLECTION_NOT_FOUND": "Diese Sammlung gibt es nicht.",
        "DUPLICATE_COUNTRY": "Ein Land steht hier zweimal.",
        "DUPLICATE_GENRE": "Ein Genre steht hier zweimal.",
        "DUPLICATE_LANGUAGE": "Eine Sprache steht hier zweimal.",
        "DUPLICATE_MARKER": "Dort beginnt schon eine Marke dieser Art.",
        "DUPLICATE_NUMBER": "Diese Nummer gibt es hier schon.",
        "DUPLICATE_SOURCE": "Eine Quelle steht hier zweimal.",
        "DUPLICATE_TITLE": "Ein Titel steht hier zweimal.",
        "INVALID_NAME": "Ein Name ist eine Zeile, in der etwas zu lesen ist.",
        "INVALID_SLUG": "Ein Slug hat höchstens 100 Kleinbuchstaben, Ziffern und einzelne Bindestriche dazwischen.",
        "INVALID_TEXT": "Dieser Text ist leer oder enthält ein Steuerzeichen.",
        "INVERTED_MARKER": "Eine Marke beginnt bei 0 oder später und endet danach.",
        "INVERTED_WINDOW": "Ein Zeitfenster schließt, nachdem es sich öffnet.",
        "NOT_APPLICABLE": "Das hat hier keinen Platz.",
        "NO_COUNTRY": "Ein Zeitfenster gilt für mindestens ein Land.",
        "NO_MEDIA": "Es ist nichts da, was abgespielt werden kann.",
        "NO_RATING": "Für ein Land eines Zeitfensters fehlt die Altersfreigabe.",
        "NO_STATUS": "Der Status der Serie fehlt.",
        "NO_TEXT": "Der Name in der Originalsprache fehlt.",
        "NO_WINDOW": "Es gibt kein Zeitfenster, das offen ist oder noch kommt.",
        "OUT_OF_RANGE": "Dieser Wert liegt außerhalb des Erlaubten.",
        "PLAYABLE_NOT_FOUND": "Diese Folge oder diesen Trailer gibt es nicht.",
        "REQUIRED": "Diese Angabe fehlt.",
        "SLUG_TAKEN": "Diesen Slug gibt es schon.",
        "STALE_REVISION": "Inzwischen hat jemand diesen Titel geändert: hier ist die neuere Fassung.",
        "TITLE_NOT_FOUND": "Diesen Titel gibt es nicht.",
        "TOO_LONG": "Dieser Text ist zu lang.",
        "TOO_MANY": "Das sind zu viele.",
        "UNKNOWN_COUNTRY": "Das ist kein Land nach ISO 3166-1 alpha-2.",
        "UNKNOWN_GENRE": "Dieses Genre gibt es nicht.",
        "UNKNOWN_LANGUAGE": "Das ist keine Sprache nach BCP 47.",
        "UNKNOWN_PERSON": "Diese Person gibt es nicht.",
        "UNKNOWN_TITLE": "Diesen Titel gibt es nicht.",
    },
    "es": {
        "COLLECTION_NOT_FOUND": "No existe esa colección.",
        "DUPLICATE_COUNTRY": "Aquí hay un país repetido.",
        "DUPLICATE_GENRE": "Aquí hay un género repetido.",
        "DUPLICATE_LANGUAGE": "Aquí hay un idioma repetido.",
        "DUPLICATE_MARKER": "Ahí ya empieza otra marca de ese tipo.",
        "DUPLICATE_NUMBER": "Ese número ya existe aquí.",
        "DUPLICATE_SOURCE": "Aquí hay una fuente repetida.",
        "DUPLICATE_TITLE": "Aquí hay un título repetido.",
        "INVALID_NAME": "Un nombre es una línea en la que hay algo que leer.",
        "INVALID_SLUG": "Un slug tiene como mucho 100 letras minúsculas, cifras y guiones sueltos entre ellas.",
        "INVALID_TEXT": "Este texto está vacío o contiene un carácter de control.",
        "INVERTED_MARKER": "Una marca empieza en 0 o más tarde y termina después.",
        "INVERTED_WINDOW": "Una ventana se cierra después de abrirse.",
        "NOT_APPLICABLE": "Esto no tiene sitio aquí.",
        "NO_COUNTRY": "Una ventana es para al menos un país.",
        "NO_MEDIA": "No hay nada que se pueda reproducir.",
        "NO_RATING": "Falta la clasificación por edades en un país de una ventana.",
        "NO_STATUS": "Falta el estado de la serie.",
        "NO_TEXT": "Falta el nombre en el idioma original.",
        "NO_WINDOW": "No hay ninguna ventana abierta o por abrir.",
        "OUT_OF_RANGE": "Este valor está fuera de lo permitido.",
        "PLAYABLE_NOT_FOUND": "No existe ese episodio o tráiler.",
        "REQUIRED": "Falta este dato.",
        "SLUG_TAKEN": "Ese slug ya existe.",
        "STALE_REVISION": "Alguien cambió este título entretanto: aquí está la versión más nueva.",
        "TITLE_NOT_FOUND": "No existe ese título.",
        "TOO_LONG": "Este texto es demasiado largo.",
        "TOO_MANY": "Son demasiados.",
        "UNKNOWN_COUNTRY": "Esto no es un país de ISO 3166-1 alfa-2.",
        "UNKNOWN_GENRE": "No existe ese género.",
        "UNKNOWN_LANGUAGE": "Esto no es un idioma de BCP 47.",
        "UNKNOWN_PERSON": "No existe esa persona.",
        "UNKNOWN_TITLE": "No existe ese título.",
    },
}


def translated(languages: Sequence[str], error: UserErrorRow) -> UserErrorRow:
    """The refusal in whichever language that we speak suits who prefers these (BCP 47), best first."""
    return refusals.translated(languages, error, TRANSLATED)
