BEGIN TRANSACTION;
CREATE TABLE cursors (
        scope INTEGER PRIMARY KEY, cursor TEXT NOT NULL, audited INTEGER NOT NULL);
CREATE TABLE events (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL, service TEXT NOT NULL, album TEXT NOT NULL,
        name TEXT NOT NULL, path TEXT NOT NULL, comparison TEXT NOT NULL, action TEXT NOT NULL,
        result TEXT NOT NULL, reason TEXT NOT NULL, remote TEXT NOT NULL, kept TEXT NOT NULL,
        kept_by TEXT NOT NULL, scope INTEGER NOT NULL, album_key TEXT NOT NULL,
        name_key TEXT NOT NULL);
INSERT INTO "events" VALUES(1,1,'folder:{top}/usb','Café','é.jpg','{top}/photos/Café/é.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["\u00e9.jpg", "Caf\u00e9/\u00e9.jpg", 9, 1700000000000000000, "283f96a258239541609308b58c73d440", "9-1700000000000000000", "Caf\u00e9", "", false, "", "", false]','','',1,'Café','é.jpg');
INSERT INTO "events" VALUES(2,1,'folder:{top}/usb','Trip','a.jpg','{top}/photos/Trip/a.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["a.jpg", "Trip/a.jpg", 10, 1700000000000000000, "b92d5ece22b044588029aa4b8d51a7b5", "10-1700000000000000000", "Trip", "", false, "", "", false]','','',1,'Trip','a.jpg');
INSERT INTO "events" VALUES(3,1,'folder:{top}/usb','Trip','b.jpg','{top}/photos/Trip/b.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["b.jpg", "Trip/b.jpg", 10, 1700000000000000000, "d5b1082624c41dbf90d48319e70971a1", "10-1700000000000000000", "Trip", "", false, "", "", false]','','',1,'Trip','b.jpg');
INSERT INTO "events" VALUES(4,1,'folder:{top}/usb','Trip','c.jpg','{top}/photos/Trip/c.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["c.jpg", "Trip/c.jpg", 10, 1700000000000000000, "53fce101ae1f85b8595d9b6a760590ba", "10-1700000000000000000", "Trip", "", false, "", "", false]','','',1,'Trip','c.jpg');
INSERT INTO "events" VALUES(5,2,'folder:{top}/usb','Trip','c.jpg','{top}/photos/Trip/c.jpg','REMOTE_OLDER','REPLACE_REMOTE_WITH_LOCAL','done','','["c.jpg", "Trip/c.jpg", 11, 1702592000000000000, "1727e791ebbe11d368ddae54abaaf650", "11-1702592000000000000", "Trip", "", false, "trash:.photosync-trash/2026-11-25/Trip/c.jpg", "", false]','trash:.photosync-trash/2026-11-25/Trip/c.jpg','folder:{top}/usb',1,'Trip','c.jpg');
INSERT INTO "events" VALUES(6,2,'folder:{top}/usb','Trip','b.jpg','','LOCAL_DELETED','DELETE_REMOTE','done','','["b.jpg", "Trip/b.jpg", 10, 1700000000000000000, "d5b1082624c41dbf90d48319e70971a1", "10-1700000000000000000", "Trip", "", false, "", "", false]','.photosync-trash/2026-11-25/Trip/b.jpg','folder:{top}/usb',1,'Trip','b.jpg');
INSERT INTO "events" VALUES(7,3,'folder:{top}/usb','Trip','b.jpg','','LOCAL_DELETED','RESTORED','done','undo of run 2','["b.jpg", "Trip/b.jpg", 10, 1700000000000000000, "d5b1082624c41dbf90d48319e70971a1", "10-1700000000000000000", "Trip", "", false, "", "", false]','','',1,'Trip','b.jpg');
INSERT INTO "events" VALUES(8,3,'folder:{top}/usb','Trip','c.jpg','{top}/photos/Trip/c.jpg','REMOTE_OLDER','RESTORED','done','undo of run 2','["c.jpg", "Trip/c.jpg", 11, 1702592000000000000, "1727e791ebbe11d368ddae54abaaf650", "11-1702592000000000000", "Trip", "", false, "trash:.photosync-trash/2026-11-25/Trip/c.jpg", "", false]','','',1,'Trip','c.jpg');
INSERT INTO "events" VALUES(9,4,'folder:{top}/usb','Trip','b.jpg','{top}/photos/Trip/b.jpg','REMOTE_ONLY','DOWNLOAD_REMOTE','done','','["b.jpg", "Trip/b.jpg", 10, 1700000000000000000, "d5b1082624c41dbf90d48319e70971a1", "10-1700000000000000000", "Trip", "", false, "", "", false]','','',1,'Trip','b.jpg');
INSERT INTO "events" VALUES(10,4,'folder:{top}/usb','Trip','c.jpg','{top}/photos/Trip/c.jpg','REMOTE_NEWER','DOWNLOAD_REMOTE','done','','["c.jpg", "Trip/c.jpg", 10, 1700000000000000000, "53fce101ae1f85b8595d9b6a760590ba", "10-1700000000000000000", "Trip", "", false, "", "", false]','{top}/photos/.photosync-trash/2026-11-25/Trip/c.jpg','local',1,'Trip','c.jpg');
INSERT INTO "events" VALUES(11,5,'folder:{top}/usb','Trip','a.jpg','{top}/photos/Trip/a.jpg','REMOTE_DELETED','DELETE_LOCAL','done','','["a.jpg", "Trip/a.jpg", 10, 1700000000000000000, "b92d5ece22b044588029aa4b8d51a7b5", "10-1700000000000000000", "Trip", "", false, "", "", false]','{top}/photos/.photosync-trash/2026-11-25/Trip/a.jpg','local',1,'Trip','a.jpg');
INSERT INTO "events" VALUES(12,6,'folder:{top}/usb2','Both','a.jpg','{top}/photos2/Both/a.jpg','LOCAL_ONLY','UPLOAD_LOCAL','done','','["a.jpg", "Both/a.jpg", 8, 1700000000000000000, "d027b23da3ab96b4bc791993e92f8495", "8-1700000000000000000", "Both", "", false, "", "", false]','','',2,'Both','a.jpg');
INSERT INTO "events" VALUES(13,7,'folder:{top}/usb2','Both','a.jpg','{top}/photos2/Both/a.jpg','CONFLICT','KEEP_BOTH','done','','["a.jpg", "Both/a.jpg", 9, 1705270400000000000, "6ea7cab7d816ac43f5ff65744545d398", "9-1705270400000000000", "Both", "", false, "", "", false]','','',2,'Both','a.jpg');
CREATE TABLE hashes (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, md5 TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "hashes" VALUES('{top}/photos2/Both/a.jpg',7,1702592000000000000,2188227,'807daa46425fc36adecf823750f87449');
CREATE TABLE history (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, name_key TEXT NOT NULL,
        album TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL, remote TEXT NOT NULL,
        PRIMARY KEY (scope, album_key, name_key)) WITHOUT ROWID;
INSERT INTO "history" VALUES(1,'Café','é.jpg','Café','é.jpg',9,1700000000000000000,'["\u00e9.jpg", "Caf\u00e9/\u00e9.jpg", 9, 1700000000000000000, "283f96a258239541609308b58c73d440", "9-1700000000000000000", "Caf\u00e9", "", false, "", "", false]');
INSERT INTO "history" VALUES(1,'Trip','b.jpg','Trip','b.jpg',10,1700000000000000000,'["b.jpg", "Trip/b.jpg", 10, 1700000000000000000, "d5b1082624c41dbf90d48319e70971a1", "10-1700000000000000000", "Trip", "", false, "", "", false]');
INSERT INTO "history" VALUES(1,'Trip','c.jpg','Trip','c.jpg',10,1700000000000000000,'["c.jpg", "Trip/c.jpg", 10, 1700000000000000000, "53fce101ae1f85b8595d9b6a760590ba", "10-1700000000000000000", "Trip", "", false, "", "", false]');
INSERT INTO "history" VALUES(2,'Both','a.jpg','Both','a.jpg',-1,0,'["a.jpg", "Both/a.jpg", 9, 1705270400000000000, "6ea7cab7d816ac43f5ff65744545d398", "9-1705270400000000000", "Both", "", false, "", "", false]');
CREATE TABLE listings (
        scope INTEGER NOT NULL, album TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (scope, album)) WITHOUT ROWID;
CREATE TABLE moments (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, taken TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "moments" VALUES('{top}/photos/Café/é.jpg',9,1700000000000000000,2188225,'2023-11-14 22:13:20');
INSERT INTO "moments" VALUES('{top}/photos/Trip/a.jpg',10,1700000000000000000,2181165,'2023-11-14 22:13:20');
INSERT INTO "moments" VALUES('{top}/photos/Trip/b.jpg',10,1700000000000000000,2181167,'2023-11-14 22:13:20');
INSERT INTO "moments" VALUES('{top}/photos/Trip/c.jpg',11,1702592000000000000,2181168,'2023-12-14 22:13:20');
INSERT INTO "moments" VALUES('{top}/photos2/Both/a.jpg',8,1700000000000000000,2188227,'2023-11-14 22:13:20');
CREATE TABLE places (
        library TEXT NOT NULL, place TEXT NOT NULL, view TEXT NOT NULL, identity TEXT NOT NULL,
        photos INTEGER NOT NULL, PRIMARY KEY (library, place)) WITHOUT ROWID;
INSERT INTO "places" VALUES('["{top}/photos"]','{top}/photos','e612250d8816af4d','{photos}',3);
INSERT INTO "places" VALUES('["{top}/photos"]','folder:{top}/usb {top}/usb','e612250d8816af4d','{top}/usb',3);
INSERT INTO "places" VALUES('["{top}/photos2"]','{top}/photos2','e612250d8816af4d','{photos2}',1);
INSERT INTO "places" VALUES('["{top}/photos2"]','folder:{top}/usb2 {top}/usb2','e612250d8816af4d','{top}/usb2',1);
CREATE TABLE runs (
        id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, library TEXT NOT NULL,
        mode TEXT NOT NULL, exit_code INTEGER);
INSERT INTO "runs" VALUES(1,1795618019,1795618019,'["{top}/photos"]','sync',0);
INSERT INTO "runs" VALUES(2,1795618020,1795618020,'["{top}/photos"]','sync',0);
INSERT INTO "runs" VALUES(3,1795618022,1795618022,'["{top}/photos"]','undo',0);
INSERT INTO "runs" VALUES(4,1795618024,1795618024,'["{top}/photos"]','sync',0);
INSERT INTO "runs" VALUES(5,1795618026,1795618026,'["{top}/photos"]','sync',0);
INSERT INTO "runs" VALUES(6,1795618028,1795618028,'["{top}/photos2"]','sync',0);
INSERT INTO "runs" VALUES(7,1795618029,1795618029,'["{top}/photos2"]','sync',0);
CREATE TABLE scopes (
        id INTEGER PRIMARY KEY, service TEXT NOT NULL, account TEXT NOT NULL, roots TEXT NOT NULL,
        UNIQUE (service, account, roots));
INSERT INTO "scopes" VALUES(1,'folder:{top}/usb','{top}/usb','["{top}/photos"]');
INSERT INTO "scopes" VALUES(2,'folder:{top}/usb2','{top}/usb2','["{top}/photos2"]');
CREATE TABLE seals (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, seal TEXT NOT NULL,
        PRIMARY KEY (scope, album_key)) WITHOUT ROWID;
INSERT INTO "seals" VALUES(1,'Café','5d9c88308c6ab5cc5583a87baf7c4721046f434e71eafcf8d1089bd28bcee94a');
INSERT INTO "seals" VALUES(1,'photos','f7816a9848a601fca283a551da7abb4b47bf28afebd28a0f96913b00fd1a692b');
INSERT INTO "seals" VALUES(2,'photos2','f7816a9848a601fca283a551da7abb4b47bf28afebd28a0f96913b00fd1a692b');
CREATE TABLE uploads (
        scope INTEGER NOT NULL, path TEXT NOT NULL, facts TEXT NOT NULL,
        PRIMARY KEY (scope, path)) WITHOUT ROWID;
CREATE INDEX events_of_run ON events (run);
CREATE INDEX events_of_photo ON events (album_key, name_key);
COMMIT;
PRAGMA user_version = 1;
