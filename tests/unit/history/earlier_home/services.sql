BEGIN TRANSACTION;
CREATE TABLE cursors (
        scope INTEGER PRIMARY KEY, cursor TEXT NOT NULL, audited INTEGER NOT NULL);
INSERT INTO "cursors" VALUES(1,'6 1795618036',1795618036);
INSERT INTO "cursors" VALUES(2,'2 1795618044',1795618036);
CREATE TABLE events (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL, service TEXT NOT NULL, album TEXT NOT NULL,
        name TEXT NOT NULL, path TEXT NOT NULL, comparison TEXT NOT NULL, action TEXT NOT NULL,
        result TEXT NOT NULL, reason TEXT NOT NULL, remote TEXT NOT NULL, kept TEXT NOT NULL,
        kept_by TEXT NOT NULL, scope INTEGER NOT NULL, album_key TEXT NOT NULL,
        name_key TEXT NOT NULL);
INSERT INTO "events" VALUES(1,1,'drive','Trip','c.jpg','{top}/photos3/Trip/c.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["c.jpg", "181UT9AUXkrb21PMU87UhkoENn1R--AUL", 10, 1795618030068000000, "53fce101ae1f85b8595d9b6a760590ba", "53fce101ae1f85b8595d9b6a760590ba", "12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2", "", false, "", "", false]','','',1,'Trip','c.jpg');
INSERT INTO "events" VALUES(2,1,'drive','Trip','d.jpg','{top}/photos3/Trip/d.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["d.jpg", "1JzpB7SLJ_sDfEXnZZh6E22QQ-mCbejmi", 10, 1700000000000000000, "c4ed11f4b0c8493cab2a1f2ed9bcca80", "c4ed11f4b0c8493cab2a1f2ed9bcca80", "12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2", "", false, "", "", false]','','',1,'Trip','d.jpg');
INSERT INTO "events" VALUES(3,1,'flickr','Trip','d.jpg','{top}/photos3/Trip/d.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["d.jpg", "53000000001", 10, 1700000000000000000, "c4ed11f4b0c8493cab2a1f2ed9bcca80", "", "", "", false, "", "", false]','','',2,'Trip','d.jpg');
INSERT INTO "events" VALUES(4,1,'flickr','Trip','c.jpg','{top}/photos3/Trip/c.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["c.jpg", "53000000000", 10, 1795618030068906312, "53fce101ae1f85b8595d9b6a760590ba", "", "", "", false, "", "", false]','','',2,'Trip','c.jpg');
INSERT INTO "events" VALUES(5,2,'drive','Trip','d.jpg','','LOCAL_DELETED','DELETE_REMOTE','done','','["d.jpg", "1JzpB7SLJ_sDfEXnZZh6E22QQ-mCbejmi", 10, 1700000000000000000, "c4ed11f4b0c8493cab2a1f2ed9bcca80", "c4ed11f4b0c8493cab2a1f2ed9bcca80", "12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2", "", false, "", "", false]','trash','drive',1,'Trip','d.jpg');
INSERT INTO "events" VALUES(6,2,'flickr','Trip','d.jpg','','LOCAL_DELETED','DELETE_REMOTE','done','','["d.jpg", "53000000001", 10, 1700000000000000000, "c4ed11f4b0c8493cab2a1f2ed9bcca80", "ef22c7e407", "72177720300000000", "", false, "", "", false]','{top}/photos3/.photosync-trash/2026-11-25/Trip/d.jpg','local',2,'Trip','d.jpg');
CREATE TABLE hashes (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, md5 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE history (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, name_key TEXT NOT NULL,
        album TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL, remote TEXT NOT NULL,
        PRIMARY KEY (scope, album_key, name_key)) WITHOUT ROWID;
INSERT INTO "history" VALUES(1,'Trip','c.jpg','Trip','c.jpg',10,1795618030068906312,'["c.jpg", "181UT9AUXkrb21PMU87UhkoENn1R--AUL", 10, 1795618030068000000, "53fce101ae1f85b8595d9b6a760590ba", "53fce101ae1f85b8595d9b6a760590ba", "12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2", "", false, "", "", false]');
INSERT INTO "history" VALUES(2,'Trip','c.jpg','Trip','c.jpg',10,1795618030068906312,'["c.jpg", "53000000000", 10, 1795618030068000000, "53fce101ae1f85b8595d9b6a760590ba", "ad0e01fd88", "72177720300000000", "", false, "", "", false]');
CREATE TABLE listings (
        scope INTEGER NOT NULL, album TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (scope, album)) WITHOUT ROWID;
INSERT INTO "listings" VALUES(1,'12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2','[{"id": "181UT9AUXkrb21PMU87UhkoENn1R--AUL", "name": "c.jpg", "size": "10", "md5Checksum": "53fce101ae1f85b8595d9b6a760590ba", "modifiedTime": "2026-11-25T14:47:10.068Z", "parents": ["12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2"], "mimeType": "image/jpeg", "capabilities": {"canDownload": true}}, {"id": "1JzpB7SLJ_sDfEXnZZh6E22QQ-mCbejmi", "name": "d.jpg", "size": "10", "md5Checksum": "c4ed11f4b0c8493cab2a1f2ed9bcca80", "modifiedTime": "2023-11-14T22:13:20.000Z", "parents": ["12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2"], "mimeType": "image/jpeg", "capabilities": {"canDownload": true}}]');
INSERT INTO "listings" VALUES(1,'1X-4HT_FMPi1MyfESGr5tubR6UJnXNF69','[{"id": "12JVKE9U2uJmQopEUU9etPSOg4PtVRiS2", "name": "Trip", "modifiedTime": "2023-11-14T22:13:20.000Z", "parents": ["1X-4HT_FMPi1MyfESGr5tubR6UJnXNF69"], "mimeType": "application/vnd.google-apps.folder", "description": "synced from photos3/Trip by photosync", "capabilities": {"canDownload": false}}]');
INSERT INTO "listings" VALUES(2,'72177720300000000','[{"state": [1795618037, 2, 0], "settled": false}, {"id": "53000000001", "title": "d.jpg", "secret": "379e060ad7", "originalsecret": "ef22c7e407", "originalformat": "jpg", "machine_tags": "photosync:md5=c4ed11f4b0c8493cab2a1f2ed9bcca80 photosync:file=10x1700000000000xcgn6ks37", "media": "photo", "url_o": "http://127.0.0.1:36665/65535/53000000001_ef22c7e407_o.jpg", "datetaken": "2026-11-25 14:47:17", "datetakenunknown": "1"}, {"id": "53000000000", "title": "c.jpg", "secret": "02d1dd3312", "originalsecret": "ad0e01fd88", "originalformat": "jpg", "machine_tags": "photosync:md5=53fce101ae1f85b8595d9b6a760590ba photosync:file=10x1795618030068xccn6ks37", "media": "photo", "url_o": "http://127.0.0.1:36665/65535/53000000000_ad0e01fd88_o.jpg", "datetaken": "2026-11-25 14:47:17", "datetakenunknown": "1"}]');
CREATE TABLE moments (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, taken TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "moments" VALUES('{top}/photos3/Trip/c.jpg',10,1795618030068906312,2196484,'2026-11-25 14:47:10');
INSERT INTO "moments" VALUES('{top}/photos3/Trip/d.jpg',10,1700000000000000000,2196485,'2023-11-14 22:13:20');
CREATE TABLE places (
        library TEXT NOT NULL, place TEXT NOT NULL, view TEXT NOT NULL, identity TEXT NOT NULL,
        photos INTEGER NOT NULL, PRIMARY KEY (library, place)) WITHOUT ROWID;
INSERT INTO "places" VALUES('["{top}/photos3"]','{top}/photos3','e612250d8816af4d','{photos3}',1);
INSERT INTO "places" VALUES('["{top}/photos3"]','drive demo@photosync.example/photosync','e612250d8816af4d','demo@photosync.example/photosync',1);
INSERT INTO "places" VALUES('["{top}/photos3"]','flickr 12037949754@N01','e612250d8816af4d','12037949754@N01',1);
CREATE TABLE runs (
        id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, library TEXT NOT NULL,
        mode TEXT NOT NULL, exit_code INTEGER);
INSERT INTO "runs" VALUES(1,1795618036,1795618037,'["{top}/photos3"]','sync',0);
INSERT INTO "runs" VALUES(2,1795618044,1795618044,'["{top}/photos3"]','sync',0);
INSERT INTO "runs" VALUES(3,1795618054,NULL,'["{top}/photos3"]','sync',NULL);
CREATE TABLE scopes (
        id INTEGER PRIMARY KEY, service TEXT NOT NULL, account TEXT NOT NULL, roots TEXT NOT NULL,
        UNIQUE (service, account, roots));
INSERT INTO "scopes" VALUES(1,'drive','demo@photosync.example/photosync','["{top}/photos3"]');
INSERT INTO "scopes" VALUES(2,'flickr','12037949754@N01','["{top}/photos3"]');
CREATE TABLE seals (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, seal TEXT NOT NULL,
        PRIMARY KEY (scope, album_key)) WITHOUT ROWID;
INSERT INTO "seals" VALUES(1,'photos3','f7816a9848a601fca283a551da7abb4b47bf28afebd28a0f96913b00fd1a692b');
INSERT INTO "seals" VALUES(2,'photos3','f7816a9848a601fca283a551da7abb4b47bf28afebd28a0f96913b00fd1a692b');
CREATE TABLE uploads (
        scope INTEGER NOT NULL, path TEXT NOT NULL, facts TEXT NOT NULL,
        PRIMARY KEY (scope, path)) WITHOUT ROWID;
INSERT INTO "uploads" VALUES(1,'{top}/photos3/Trip/film.mov','{"parent": "p", "name": "film.mov", "size": 7, "modified_ns": 5, "session": "https://example.org/upload?id=1", "id": "drawn"}');
CREATE INDEX events_of_run ON events (run);
CREATE INDEX events_of_photo ON events (album_key, name_key);
COMMIT;
PRAGMA user_version = 1;
