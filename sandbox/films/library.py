"""Our four films: mathematics that is nice to look at."""

from sandbox.films.film import Film, Words

AFTERGLOW = Film(
    slug="afterglow",
    seconds=25,
    picture=(
        "gradients=s=320x180:r=24:n=5:c0=0x0b132b:c1=0x1c2541:c2=0x3a506b:c3=0xe07a5f:c4=0xf2cc8f"
        ":speed=0.02:seed=7:type=spiral,scale=1280:720:flags=bicubic"
    ),
    words={
        "en": Words(
            "Afterglow",
            "The sun has set. The sky has not noticed.",
            (
                "The last light leaves slowly.",
                "It goes round once more, as if it had forgotten something.",
                "Blue was here first, and blue will stay.",
                "But for a minute, everything is the colour of peaches.",
                "Then evening closes the door.",
            ),
        ),
        "es": Words(
            "Resplandor",
            "El sol se ha puesto. El cielo aún no lo sabe.",
            (
                "La última luz se va despacio.",
                "Da otra vuelta, como si hubiera olvidado algo.",
                "El azul llegó primero y se quedará.",
                "Pero por un minuto todo es del color de los melocotones.",
                "Después la tarde cierra la puerta.",
            ),
        ),
    },
)

COLONY = Film(
    slug="colony",
    seconds=26,
    picture=(
        "life=s=160x90:r=12:mold=24:ratio=0.3:seed=11:death_color=0x3d5a80:life_color=0xf4f1de:mold_color=0x14213d"
        ",fps=24,scale=1280:720:flags=neighbor"
    ),
    words={
        "en": Words(
            "Colony",
            "Three rules, and everybody keeps them.",
            (
                "Too few neighbours, and you fade.",
                "Too many, and you fade as well.",
                "With three around an empty place, somebody moves in.",
                "Nobody here has a plan.",
                "And yet look how they build.",
                "What they leave behind glows for a while.",
                "Then the sea takes it back.",
            ),
        ),
        "de": Words(
            "Kolonie",
            "Drei Regeln, und alle halten sich daran.",
            (
                "Wer zu wenige Nachbarn hat, verblasst.",
                "Wer zu viele hat, verblasst ebenso.",
                "Stehen drei um einen leeren Platz, zieht jemand ein.",
                "Niemand hier hat einen Plan.",
                "Und doch: wie sie bauen!",
                "Was sie zurücklassen, leuchtet noch eine Weile.",
                "Dann holt das Meer es wieder.",
            ),
        ),
    },
)

SEAHORSE_VALLEY = Film(
    slug="seahorse-valley",
    seconds=28,
    picture=(
        "mandelbrot=s=480x270:r=24:maxiter=300:start_scale=3:end_scale=0.0012:end_pts=672:inner=black"
        ":outer=normalized_iteration_count:start_x=-0.743643887037158:start_y=-0.131825904205312"
        ",format=gray,gblur=1,format=gbrp,pseudocolor=preset=viridis,scale=1280:720:flags=bicubic"
    ),
    words={
        "en": Words(
            "Seahorse Valley",
            "One line of algebra. No map is ever finished.",
            (
                "From far away it is a beetle, asleep.",
                "Its edge looks smooth. It is not.",
                "Between head and body lies a valley.",
                "Seahorses live here, in every size there is.",
                "Come closer: each tail is made of tails.",
                "The coast grows as fast as we approach.",
                "We could go on. We would never land.",
                "Here we turn back, for today.",
            ),
        ),
        "es": Words(
            "El valle de los caballitos de mar",
            "Una línea de álgebra. Ningún mapa se termina.",
            (
                "De lejos es un escarabajo dormido.",
                "Su borde parece liso. No lo es.",
                "Entre la cabeza y el cuerpo hay un valle.",
                "Aquí viven caballitos de mar de todos los tamaños.",
                "Acércate: cada cola está hecha de colas.",
                "La costa crece tan deprisa como llegamos.",
                "Podríamos seguir. Nunca tocaríamos tierra.",
                "Aquí damos la vuelta, por hoy.",
            ),
        ),
    },
)

TIDES = Film(
    slug="tides",
    seconds=24,
    picture=(
        "color=s=160x90:r=24,format=gray"
        r",geq=lum='clip(128+46*sin(X/17+T*0.9)+38*sin(Y/15-T*0.8)"
        r"+44*sin(hypot(X-80-40*sin(T/3)\,Y-45)/9-T*1.4)\,0\,255)'"
        ",format=gbrp,pseudocolor=preset=magma,scale=1280:720:flags=bicubic"
    ),
    words={
        "en": Words(
            "Tides",
            "Three waves meet. None of them stops.",
            (
                "One wave comes from the left.",
                "One falls from above, a little slower.",
                "The third grows out of a point that wanders.",
                "Where they agree, it burns.",
                "Where they differ, it is night.",
            ),
        ),
        "de": Words(
            "Gezeiten",
            "Drei Wellen treffen sich. Keine hält an.",
            (
                "Eine Welle kommt von links.",
                "Eine fällt von oben, ein wenig langsamer.",
                "Die dritte wächst aus einem Punkt, der wandert.",
                "Wo sie sich einig sind, brennt es.",
                "Wo sie sich unterscheiden, ist Nacht.",
            ),
        ),
    },
)

FILMS = (AFTERGLOW, COLONY, SEAHORSE_VALLEY, TIDES)
