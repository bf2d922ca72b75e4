import type { Programme } from "./address.ts";
import { runtime } from "./format.ts";
import type { EpisodeCard, Season, Title } from "./types.ts";

interface Properties {
  programme: Programme;
  onPlay: (episodeId: string) => void;
}

/** What it is that plays: the title's texts, and a series' episodes. */
export function Details({ programme, onPlay }: Properties) {
  const { title, playableId } = programme;
  return (
    <section className="details">
      <div className="about">
        {title.poster && <img className="poster" src={title.poster.url} alt={title.poster.alt} />}
        <div className="text">
          <p className="facts">
            {factsOf(title).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
          {title.tagline && <p className="tagline">{title.tagline}</p>}
          {title.synopsis && <p className="synopsis">{title.synopsis}</p>}
        </div>
      </div>
      {title.__typename === "Series" && <Seasons seasons={title.seasons} playableId={playableId} onPlay={onPlay} />}
    </section>
  );
}

function factsOf(title: Title): string[] {
  const length = title.__typename === "Movie" ? (title.runtimeMs === null ? null : runtime(title.runtimeMs)) : seasonCount(title.seasons.length);
  const genres = title.genres.map((genre) => genre.name).join(", ");
  return [title.releaseYear?.toString(), title.maturity.code, length, genres].filter((fact) => fact != null && fact !== "") as string[];
}

function seasonCount(count: number): string {
  return count === 1 ? "1 season" : `${count} seasons`;
}

function Seasons({ seasons, playableId, onPlay }: { seasons: Season[]; playableId: string; onPlay: (episodeId: string) => void }) {
  return (
    <div className="seasons">
      {seasons.map((season) => (
        <section key={season.id}>
          <h2>{season.name}</h2>
          <ol>
            {season.episodes.edges.map(({ node }) => (
              <Episode key={node.id} episode={node} current={node.id === playableId} onPlay={() => onPlay(node.id)} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Episode({ episode, current, onPlay }: { episode: EpisodeCard; current: boolean; onPlay: () => void }) {
  const { progress } = episode;
  return (
    <li>
      <button type="button" className="episode" aria-current={current} onClick={onPlay}>
        <span className="number">{episode.number}</span>
        <span>
          <strong>{episode.name}</strong>
          {episode.synopsis && <small>{episode.synopsis}</small>}
          {progress && <progress value={progress.percent} max={100} aria-label={progress.watched ? "Watched" : "Watched so far"} />}
        </span>
        <span className="length">{episode.runtimeMs !== null && runtime(episode.runtimeMs)}</span>
      </button>
    </li>
  );
}
