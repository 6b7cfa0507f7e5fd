"""The fields and parameters that the Drive API knows, as its discovery document names
them.
"""

from photosync.emulators.drive.fields import Mask, parse

FILE: Mask = parse(
    """ appProperties(*), capabilities(canAcceptOwnership, canAccessViaGenAi,
canAddChildren, canAddFolderFromAnotherDrive, canAddMyDriveParent,
canChangeCopyRequiresWriterPermission, canChangeItemDownloadRestriction,
canChangeSecurityUpdateEnabled, canChangeViewersCanCopyContent, canComment, canCopy,
canDelete, canDeleteChildren, canDisableInheritedPermissions, canDownload, canEdit,
canEnableInheritedPermissions, canListChildren, canModifyContent,
canModifyContentRestriction, canModifyEditorContentRestriction, canModifyLabels,
canModifyOwnerContentRestriction, canMoveChildrenOutOfDrive,
canMoveChildrenOutOfTeamDrive, canMoveChildrenWithinDrive,
canMoveChildrenWithinTeamDrive, canMoveItemIntoTeamDrive, canMoveItemOutOfDrive,
canMoveItemOutOfTeamDrive, canMoveItemWithinDrive, canMoveItemWithinTeamDrive,
canMoveTeamDriveItem, canReadDrive, canReadLabels, canReadRevisions, canReadTeamDrive,
canRemoveChildren, canRemoveContentRestriction, canRemoveMyDriveParent, canRename,
canShare, canStartApproval, canTrash, canTrashChildren, canUntrash),
clientEncryptionDetails(decryptionMetadata(aes256GcmChunkSize,
encryptionResourceKeyHash, jwt, kaclsId, kaclsName, keyFormat, wrappedKey),
encryptionState), contentHints(indexableText, thumbnail(image, mimeType)),
contentRestrictions(ownerRestricted, readOnly, reason, restrictingUser(displayName,
emailAddress, kind, me, permissionId, photoLink), restrictionTime, systemRestricted,
type), copyRequiresWriterPermission, createdTime, description,
downloadRestrictions(effectiveDownloadRestrictionWithContext(restrictedForReaders,
restrictedForWriters), itemDownloadRestriction(restrictedForReaders,
restrictedForWriters)), driveId, explicitlyTrashed, exportLinks(*), fileExtension,
folderColorRgb, fullFileExtension, hasAugmentedPermissions, hasThumbnail,
headRevisionId, iconLink, id, imageMediaMetadata(aperture, cameraMake, cameraModel,
colorSpace, exposureBias, exposureMode, exposureTime, flashUsed, focalLength, height,
isoSpeed, lens, location(altitude, latitude, longitude), maxApertureValue, meteringMode,
rotation, sensor, subjectDistance, time, whiteBalance, width),
inheritedPermissionsDisabled, isAppAuthorized, kind, labelInfo(labels(fields(*), id,
kind, revisionId)), lastModifyingUser(displayName, emailAddress, kind, me, permissionId,
photoLink), linkShareMetadata(securityUpdateEligible, securityUpdateEnabled),
md5Checksum, mimeType, modifiedByMe, modifiedByMeTime, modifiedTime, name,
originalFilename, ownedByMe, owners(displayName, emailAddress, kind, me, permissionId,
photoLink), parents, permissionIds, permissions(allowFileDiscovery, deleted,
displayName, domain, emailAddress, expirationTime, id, inheritedPermissionsDisabled,
kind, pendingOwner, permissionDetails(inherited, inheritedFrom, permissionType, role),
photoLink, role, teamDrivePermissionDetails(inherited, inheritedFrom, role,
teamDrivePermissionType), type, view), properties(*), quotaBytesUsed, resourceKey,
sha1Checksum, sha256Checksum, shared, sharedWithMeTime, sharingUser(displayName,
emailAddress, kind, me, permissionId, photoLink), shortcutDetails(targetId,
targetMimeType, targetResourceKey), size, spaces, starred, teamDriveId, thumbnailLink,
thumbnailVersion, trashed, trashedTime, trashingUser(displayName, emailAddress, kind,
me, permissionId, photoLink), version, videoMediaMetadata(durationMillis, height,
width), viewedByMe, viewedByMeTime, viewersCanCopyContent, webContentLink, webViewLink,
writersCanShare
"""
)

ABOUT: Mask = parse(
    """ appInstalled, canCreateDrives, canCreateTeamDrives,
driveThemes(backgroundImageLink, colorRgb, id), exportFormats(*), folderColorPalette,
importFormats(*), kind, maxImportSizes(*), maxUploadSize, storageQuota(limit, usage,
usageInDrive, usageInDriveTrash), teamDriveThemes(backgroundImageLink, colorRgb, id),
user(displayName, emailAddress, kind, me, permissionId, photoLink)
"""
)

CHANGE: Mask = {
    **parse("kind, type, changeType, time, removed, fileId, driveId, teamDriveId"),
    "file": FILE,
}

REVISION: Mask = parse(
    """ exportLinks(*), id, keepForever, kind, lastModifyingUser(displayName,
emailAddress, kind, me, permissionId, photoLink), md5Checksum, mimeType, modifiedTime,
originalFilename, publishAuto, published, publishedLink, publishedOutsideDomain, size
"""
)

SHARED_DRIVE: Mask = parse(
    """ backgroundImageFile(id, width, xCoordinate, yCoordinate), backgroundImageLink,
capabilities(*), colorRgb, createdTime, hidden, id, kind, name, orgUnitId,
restrictions(*), themeId
"""
)

FILE_DEFAULT = parse("kind, id, name, mimeType")

# The answers of each method, and what they show without a mask.
ANSWERS: dict[str, Mask] = {
    "about.get": ABOUT,
    "changes.getStartPageToken": parse("kind, startPageToken"),
    "changes.list": {
        **parse("kind, newStartPageToken, nextPageToken"),
        "changes": CHANGE,
    },
    "drives.list": {**parse("kind, nextPageToken"), "drives": SHARED_DRIVE},
    "files.create": FILE,
    "files.delete": {},
    "files.generateIds": parse("kind, space, ids"),
    "files.get": FILE,
    "files.list": {**parse("kind, incompleteSearch, nextPageToken"), "files": FILE},
    "files.update": FILE,
    "revisions.get": REVISION,
}

DEFAULTS: dict[str, Mask] = {
    "changes.list": {
        **parse("kind, newStartPageToken, nextPageToken"),
        "changes": {
            **parse("kind, type, changeType, time, removed, fileId"),
            "file": FILE_DEFAULT,
        },
    },
    "files.create": FILE_DEFAULT,
    "files.get": FILE_DEFAULT,
    "files.list": {
        **parse("kind, incompleteSearch, nextPageToken"),
        "files": FILE_DEFAULT,
    },
    "files.update": FILE_DEFAULT,
    "revisions.get": parse("kind, id, mimeType, modifiedTime"),
}

STANDARD_PARAMETERS = {
    "$.xgafv": "string",
    "alt": "string",
    "callback": "string",
    "fields": "string",
    "key": "string",
    "prettyPrint": "boolean",
    "quotaUser": "string",
    "uploadType": "string",
    "upload_protocol": "string",
}

_ONE_FILE = {
    "includeLabels": "string",
    "includePermissionsForView": "string",
    "supportsAllDrives": "boolean",
    "supportsTeamDrives": "boolean",
}

_WRITTEN_FILE = {
    **_ONE_FILE,
    "enforceSingleParent": "boolean",
    "keepRevisionForever": "boolean",
    "ocrLanguage": "string",
    "useContentAsIndexableText": "boolean",
}

_ONE_DRIVE = {
    "driveId": "string",
    "supportsAllDrives": "boolean",
    "supportsTeamDrives": "boolean",
    "teamDriveId": "string",
}

_PAGES = {
    **_ONE_FILE,
    **_ONE_DRIVE,
    "includeItemsFromAllDrives": "boolean",
    "includeTeamDriveItems": "boolean",
    "pageSize": "integer",
    "pageToken": "string",
    "spaces": "string",
}

PARAMETERS: dict[str, dict[str, str]] = {
    "about.get": {},
    "changes.getStartPageToken": _ONE_DRIVE,
    "changes.list": {
        **_PAGES,
        "includeCorpusRemovals": "boolean",
        "includeRemoved": "boolean",
        "restrictToMyDrive": "boolean",
    },
    "drives.list": {
        "pageSize": "integer",
        "pageToken": "string",
        "q": "string",
        "useDomainAdminAccess": "boolean",
    },
    "files.create": {**_WRITTEN_FILE, "ignoreDefaultVisibility": "boolean"},
    "files.delete": {
        "enforceSingleParent": "boolean",
        "supportsAllDrives": "boolean",
        "supportsTeamDrives": "boolean",
    },
    "files.generateIds": {"count": "integer", "space": "string", "type": "string"},
    "files.get": {**_ONE_FILE, "acknowledgeAbuse": "boolean"},
    "files.list": {
        **_PAGES,
        "corpora": "string",
        "corpus": "string",
        "orderBy": "string",
        "q": "string",
    },
    "files.update": {
        **_WRITTEN_FILE,
        "addParents": "string",
        "removeParents": "string",
    },
    "revisions.get": {"acknowledgeAbuse": "boolean"},
}
