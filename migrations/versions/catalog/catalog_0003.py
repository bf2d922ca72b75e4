"""Search: names, words and full texts of what is live, and the functions that write them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.roles import own

revision = 'catalog_0003'
down_revision = 'catalog_0002'
branch_labels = None
depends_on = None

SEARCHABLE = r"""create function catalog.searchable(text) returns text language sql immutable strict parallel safe
as $$ select btrim(regexp_replace(
    regexp_replace(replace(public.folded($1), '&', ' and '), '[''’`´ʼ]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) $$"""
CONFIGURATION = """create function catalog.configuration(language text) returns regconfig
language sql immutable parallel safe as $$ select case split_part(language, '-', 1)
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish' when 'de' then 'german'
    when 'el' then 'greek' when 'en' then 'english' when 'es' then 'spanish' when 'eu' then 'basque'
    when 'fi' then 'finnish' when 'fr' then 'french' when 'ga' then 'irish' when 'hi' then 'hindi'
    when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian' when 'it' then 'italian'
    when 'lt' then 'lithuanian' when 'nb' then 'norwegian' when 'ne' then 'nepali' when 'nl' then 'dutch'
    when 'nn' then 'norwegian' when 'no' then 'norwegian' when 'pt' then 'portuguese' when 'ro' then 'romanian'
    when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish' when 'ta' then 'tamil'
    when 'tr' then 'turkish' when 'yi' then 'yiddish' else 'simple' end::regconfig $$"""
INDEX_TITLES = """create function catalog.index_titles(ids uuid[]) returns void language sql as $$
delete from catalog.search_name where owner_id = any(ids);
delete from catalog.search_text where title_id = any(ids);
insert into catalog.search_name (id, owner_id, of_person, label, name, words)
select gen_random_uuid(), owner_id, of_person, min(label), name, to_tsvector('simple', name) from (
    select t.title_id as owner_id, false as of_person, t.name as label, catalog.searchable(t.name) as name
    from catalog.title_text t join catalog.published_title p on p.title_id = t.title_id
    where t.title_id = any(ids)
    union all
    select person.id, true, person.name, catalog.searchable(person.name) from catalog.person where exists (
        select from catalog.credit c join catalog.published_title p on p.title_id = c.title_id
        where c.person_id = person.id and c.title_id = any(ids))
) names where name <> '' group by owner_id, of_person, name
on conflict (owner_id, name) do nothing;
insert into catalog.search_text (title_id, document)
select p.title_id, coalesce(said.document, '') || coalesce(made.document, '') from catalog.published_title p
left join lateral (
    select catalog.concatenated(
        setweight(to_tsvector('simple', catalog.searchable(t.name)), 'A')
        || setweight(to_tsvector(catalog.configuration(t.language), public.folded(coalesce(t.tagline, ''))), 'C')
        || setweight(to_tsvector(catalog.configuration(t.language), public.folded(coalesce(t.synopsis, ''))), 'D')
    ) as document from catalog.title_text t where t.title_id = p.title_id
) said on true
left join lateral (
    select setweight(to_tsvector('simple', string_agg(catalog.searchable(person.name), ' ')), 'B') as document
    from catalog.credit c join catalog.person on person.id = c.person_id where c.title_id = p.title_id
) made on true
where p.title_id = any(ids);
insert into catalog.search_word (word)
select distinct word from (
    select unnest(tsvector_to_array(words)) as word from catalog.search_name where owner_id = any(ids)
    union
    select unnest(tsvector_to_array(n.words)) from catalog.search_name n where n.of_person and n.owner_id in (
        select person_id from catalog.credit where title_id = any(ids))
) words where length(word) between 3 and 40
on conflict (word) do nothing;
select gin_clean_pending_list(index) from unnest(cast(array[
    'catalog.search_name_trigrams', 'catalog.search_name_words', 'catalog.search_text_document'
] as regclass[])) index;
$$"""
# What is new in a GIN index lies in a list first, which every search reads whole: 4 MB of it cost half a second.


def upgrade() -> None:
    op.execute("create extension if not exists fuzzystrmatch schema public")
    op.execute(SEARCHABLE)
    op.execute(CONFIGURATION)
    op.execute("""create aggregate catalog.concatenated(tsvector)
        (sfunc = pg_catalog.tsvector_concat, stype = tsvector, initcond = '')""")
    op.create_table('search_name',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('of_person', sa.Boolean(), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('words', postgresql.TSVECTOR(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    schema='catalog'
    )
    op.create_index('search_name_by_owner', 'search_name', ['owner_id', 'name'], unique=True, schema='catalog')
    op.create_index('search_name_trigrams', 'search_name', [sa.literal_column('name gin_trgm_ops')], unique=False, schema='catalog', postgresql_using='gin')
    op.create_index('search_name_words', 'search_name', ['words'], unique=False, schema='catalog', postgresql_using='gin')
    op.create_table('search_text',
    sa.Column('title_id', sa.Uuid(), nullable=False),
    sa.Column('document', postgresql.TSVECTOR(), nullable=False),
    sa.PrimaryKeyConstraint('title_id'),
    schema='catalog'
    )
    op.create_index('search_text_document', 'search_text', ['document'], unique=False, schema='catalog', postgresql_using='gin')
    op.create_table('search_word',
    sa.Column('word', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('word'),
    schema='catalog'
    )
    op.create_index('search_name_by_length', 'search_name', [sa.literal_column('length(name)')], unique=False, schema='catalog')
    op.create_index('search_word_by_length', 'search_word', [sa.literal_column('length(word)')], unique=False, schema='catalog')
    op.execute(INDEX_TITLES)
    op.execute("select catalog.index_titles(array(select title_id from catalog.published_title))")
    op.drop_index('person_name_trigrams', table_name='person', schema='catalog')
    own('catalog')


def downgrade() -> None:
    op.create_index('person_name_trigrams', 'person', [sa.literal_column('public.folded(name) gin_trgm_ops')], unique=False, schema='catalog', postgresql_using='gin')
    op.execute("drop function catalog.index_titles(uuid[])")
    op.drop_table('search_word', schema='catalog')
    op.drop_table('search_text', schema='catalog')
    op.drop_table('search_name', schema='catalog')
    op.execute("drop aggregate catalog.concatenated(tsvector)")
    for function in ("configuration", "searchable"):
        op.execute(f"drop function catalog.{function}(text)")
