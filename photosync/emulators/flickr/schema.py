"""The tables of the emulated service."""

_FACTS = """
    owner TEXT NOT NULL, secret TEXT NOT NULL,
    original_secret TEXT NOT NULL, server TEXT NOT NULL, title TEXT NOT NULL,
    description TEXT NOT NULL, media TEXT NOT NULL, format TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, blob TEXT, size INTEGER NOT NULL, md5 TEXT,
    upload_md5 TEXT, uploaded INTEGER NOT NULL, taken TEXT NOT NULL,
    granularity INTEGER NOT NULL, taken_unknown INTEGER NOT NULL, updated INTEGER NOT NULL,
    is_public INTEGER NOT NULL, is_friend INTEGER NOT NULL, is_family INTEGER NOT NULL,
    perm_comment INTEGER NOT NULL, perm_addmeta INTEGER NOT NULL,
    safety_level INTEGER NOT NULL, content_type INTEGER NOT NULL, hidden INTEGER NOT NULL,
    rotation INTEGER NOT NULL, views INTEGER NOT NULL, ready_at REAL NOT NULL,
    tags TEXT NOT NULL, machine_tags TEXT NOT NULL, license TEXT NOT NULL,
    entered REAL NOT NULL, latitude REAL NOT NULL, longitude REAL NOT NULL,
    accuracy INTEGER NOT NULL
"""
_PHOTO_COLUMNS = f"id INTEGER PRIMARY KEY, {_FACTS}"

TABLES = f"""
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    nsid TEXT PRIMARY KEY, username TEXT UNIQUE NOT NULL, fullname TEXT NOT NULL,
    path_alias TEXT NOT NULL, pro INTEGER NOT NULL DEFAULT 1,
    is_public INTEGER NOT NULL DEFAULT 1, is_friend INTEGER NOT NULL DEFAULT 0,
    is_family INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 1,
    safety_level INTEGER NOT NULL DEFAULT 1, content_type INTEGER NOT NULL DEFAULT 1,
    shares_originals INTEGER NOT NULL DEFAULT 1,
    shows_places INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS photos ({_PHOTO_COLUMNS});
CREATE INDEX IF NOT EXISTS photos_by_upload ON photos (owner, uploaded, id);
CREATE INDEX IF NOT EXISTS photos_by_update ON photos (owner, updated, id);
CREATE INDEX IF NOT EXISTS photos_by_md5 ON photos (owner, upload_md5);
CREATE TABLE IF NOT EXISTS ghosts ({_PHOTO_COLUMNS});
CREATE TABLE IF NOT EXISTS tags (
    number INTEGER PRIMARY KEY, photo INTEGER NOT NULL, raw TEXT NOT NULL, normal TEXT NOT NULL,
    namespace TEXT, predicate TEXT, value TEXT, author TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS tags_by_photo ON tags (photo, normal);
CREATE TABLE IF NOT EXISTS albums (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    primary_photo INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    position INTEGER NOT NULL, photos INTEGER NOT NULL DEFAULT 0,
    videos INTEGER NOT NULL DEFAULT 0, entered REAL NOT NULL);
CREATE INDEX IF NOT EXISTS albums_by_position ON albums (owner, position);
CREATE TABLE IF NOT EXISTS members (
    album INTEGER NOT NULL, photo INTEGER NOT NULL, position INTEGER NOT NULL,
    entered REAL NOT NULL,
    PRIMARY KEY (album, photo)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leavers (
    album INTEGER NOT NULL, position INTEGER NOT NULL, joined REAL NOT NULL,
    departed REAL NOT NULL, id INTEGER NOT NULL, {_FACTS},
    PRIMARY KEY (album, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS older_texts (
    number INTEGER PRIMARY KEY, photo INTEGER NOT NULL, until REAL NOT NULL,
    title TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL,
    machine_tags TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS older_texts_by_photo ON older_texts (photo);
CREATE INDEX IF NOT EXISTS members_by_position ON members (album, position);
CREATE INDEX IF NOT EXISTS members_by_photo ON members (photo);
CREATE TABLE IF NOT EXISTS indexed (
    photo INTEGER PRIMARY KEY, owner TEXT NOT NULL, uploaded INTEGER NOT NULL,
    taken TEXT NOT NULL, media TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS indexed_by_upload ON indexed (owner, uploaded, photo);
CREATE TABLE IF NOT EXISTS terms (
    photo INTEGER NOT NULL, normal TEXT NOT NULL, namespace TEXT, predicate TEXT, value TEXT);
CREATE INDEX IF NOT EXISTS terms_by_photo ON terms (photo);
CREATE INDEX IF NOT EXISTS terms_by_normal ON terms (normal, photo);
CREATE INDEX IF NOT EXISTS terms_by_namespace ON terms (namespace, predicate, value, photo);
CREATE TABLE IF NOT EXISTS index_jobs (
    number INTEGER PRIMARY KEY, photo INTEGER NOT NULL, due REAL NOT NULL, snapshot TEXT);
CREATE INDEX IF NOT EXISTS index_jobs_by_photo ON index_jobs (photo);
CREATE TABLE IF NOT EXISTS api_keys (key TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS request_tokens (
    token TEXT PRIMARY KEY, secret TEXT NOT NULL, key TEXT NOT NULL, callback TEXT NOT NULL,
    expires REAL NOT NULL, decision TEXT, account TEXT, perms TEXT, verifier TEXT);
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, secret TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL,
    perms TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (
    key TEXT NOT NULL, token TEXT NOT NULL, time INTEGER NOT NULL, nonce TEXT NOT NULL,
    PRIMARY KEY (time, nonce, key, token)) WITHOUT ROWID;
"""
