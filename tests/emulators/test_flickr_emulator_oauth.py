import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from oauthlib.oauth1 import SIGNATURE_TYPE_BODY, SIGNATURE_TYPE_QUERY, Client
from requests_oauthlib import OAuth1, OAuth1Session

from emulators.flickr_api import Api, problem
from photosync.emulators.flickr import Fault, FlickrEmulator

CALLBACK = "http://127.0.0.1:9/back"


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


def session(emulator: FlickrEmulator, callback: str = "oob") -> OAuth1Session:
    urls = emulator.client_secrets()
    return OAuth1Session(urls["key"], urls["secret"], callback_uri=callback)


def authorize(
    emulator: FlickrEmulator, token: str, perms: str = "write"
) -> requests.Response:
    url = emulator.client_secrets()["authorize_url"]
    params = {"oauth_token": token, "perms": perms}
    return requests.get(url, params=params, allow_redirects=False, timeout=60)


def start(emulator: FlickrEmulator, callback: str = "oob") -> tuple[OAuth1Session, str]:
    client = session(emulator, callback)
    answer = client.fetch_request_token(emulator.client_secrets()["request_token_url"])
    assert answer["oauth_callback_confirmed"] == "true"
    return client, answer["oauth_token"]


def finish(
    emulator: FlickrEmulator, client: OAuth1Session, verifier: str
) -> dict[str, str]:
    url = emulator.client_secrets()["access_token_url"]
    answer: dict[str, str] = client.fetch_access_token(url, verifier=verifier)
    return answer


def code_on(page: requests.Response) -> str:
    found = re.search(r"\d{3}-\d{3}-\d{3}", page.text)
    assert found
    return found[0]


def refused(
    emulator: FlickrEmulator, client: OAuth1Session, verifier: str
) -> tuple[int, str]:
    answer = client.post(
        emulator.client_secrets()["access_token_url"],
        params={"oauth_verifier": verifier},
    )
    return problem(answer)


def test_out_of_band_sign_in_shows_nine_digits(emulator: FlickrEmulator) -> None:
    emulator.sign_in.consent = "approve"
    client, token = start(emulator)
    answer = finish(emulator, client, code_on(authorize(emulator, token)))
    assert (answer["username"], answer["fullname"]) == ("anna", "Anna")
    assert answer["user_nsid"] == emulator.web.nsid
    reply = client.post(
        emulator.client_secrets()["rest_url"],
        data={
            "method": "flickr.test.login",
            "format": "json",
            "nojsoncallback": 1,
            "oauth_token": answer["oauth_token"],
        },
    ).json()
    assert reply["user"]["id"] == emulator.web.nsid


def test_the_callback_gets_the_verifier(emulator: FlickrEmulator) -> None:
    emulator.sign_in.consent = "approve"
    client, token = start(emulator, CALLBACK)
    location = authorize(emulator, token).headers["Location"]
    assert location.startswith(f"{CALLBACK}?oauth_token={token}&oauth_verifier=")
    verifier = parse_qs(urlsplit(location).query)["oauth_verifier"][0]
    assert finish(emulator, client, verifier)["oauth_token"]


def test_the_page_lets_the_user_choose(emulator: FlickrEmulator) -> None:
    ben = emulator.web_of("ben")
    client, token = start(emulator)
    assert "wants write permission" in authorize(emulator, token).text
    url = emulator.client_secrets()["authorize_url"]
    form = {
        "oauth_token": token,
        "perms": "write",
        "account": ben.nsid,
        "decision": "approve",
    }
    page = requests.post(url, data=form, timeout=60)
    assert finish(emulator, client, code_on(page))["username"] == "ben"


def test_a_denied_request_gives_no_token(emulator: FlickrEmulator) -> None:
    emulator.sign_in.consent = "deny"
    client, token = start(emulator)
    assert "not authorized" in authorize(emulator, token).text
    assert refused(emulator, client, "000-000-000") == (401, "permission_denied")
    emulator.sign_in.deny_calls_back = True
    _, token = start(emulator, CALLBACK)
    assert "permission_denied" in authorize(emulator, token).headers["Location"]


def test_request_tokens_work_once_and_expire(emulator: FlickrEmulator) -> None:
    emulator.sign_in.consent = "approve"
    client, token = start(emulator)
    assert refused(emulator, client, "000-000-000") == (401, "verifier_invalid")
    code = code_on(authorize(emulator, token))
    assert refused(emulator, client, "000-000-000") == (401, "verifier_invalid")
    assert authorize(emulator, token).status_code == 400
    again = session(emulator)
    secrets: Any = client.token
    again.token = secrets
    finish(emulator, client, code)
    assert refused(emulator, again, code) == (401, "token_rejected")
    client, token = start(emulator)
    emulator.clock.advance(emulator.sign_in.request_token_lifetime + 1)
    assert authorize(emulator, token).status_code == 400
    assert refused(emulator, client, "000-000-000") == (401, "token_expired")


def test_wrong_permissions_are_no_page(emulator: FlickrEmulator) -> None:
    _, token = start(emulator)
    assert authorize(emulator, token, "all").status_code == 400
    assert authorize(emulator, "nothing").status_code == 400


def test_a_request_token_needs_a_callback(emulator: FlickrEmulator) -> None:
    urls = emulator.client_secrets()
    auth = OAuth1(urls["key"], urls["secret"])
    answer = requests.post(urls["request_token_url"], auth=auth, timeout=60)
    assert problem(answer) == (400, "parameter_absent")


def signed_call(emulator: FlickrEmulator, **options: Any) -> requests.Response:
    """Call test.login with a signature of the given peculiarities."""
    urls, user = emulator.client_secrets(), emulator.authorized_user()
    usual = {
        "client_secret": urls["secret"],
        "resource_owner_key": user["oauth_token"],
        "resource_owner_secret": user["oauth_token_secret"],
    }
    client = Client(options.pop("client_key", urls["key"]), **(usual | options))
    query = "method=flickr.test.login&format=json&nojsoncallback=1"
    uri, headers, _ = client.sign(f"{urls['rest_url']}?{query}", "GET")
    return requests.get(uri, headers=headers, timeout=60)


def test_signatures_are_checked(emulator: FlickrEmulator) -> None:
    assert signed_call(emulator).json()["user"]["username"]["_content"] == "anna"
    answer = signed_call(emulator, client_secret="wrong")
    assert problem(answer) == (401, "signature_invalid")
    assert parse_qs(answer.text)["debug_sbs"][0].startswith(
        "GET&http%3A%2F%2F127.0.0.1"
    )
    late = {"timestamp": str(int(time.time()) - 700)}
    assert problem(signed_call(emulator, **late)) == (401, "timestamp_refused")
    assert signed_call(emulator, resource_owner_key="gone").json()["code"] == 98
    emulator.settings.revoked_token = "oauth"
    assert problem(signed_call(emulator, resource_owner_key="gone")) == (
        401,
        "token_rejected",
    )
    assert problem(signed_call(emulator, client_key="x")) == (
        401,
        "consumer_key_unknown",
    )
    plain = {"signature_method": "PLAINTEXT"}
    assert problem(signed_call(emulator, **plain)) == (401, "signature_method_rejected")
    emulator.settings.clock_offset = 3600
    assert problem(signed_call(emulator)) == (401, "timestamp_refused")
    emulator.settings.timestamp_skew = 4000
    assert signed_call(emulator).ok


def test_moving_the_clock_locks_nobody_out(emulator: FlickrEmulator) -> None:
    emulator.clock.advance(100_000)
    assert signed_call(emulator).ok


def test_a_nonce_is_good_for_one_call(emulator: FlickrEmulator) -> None:
    urls, user = emulator.client_secrets(), emulator.authorized_user()
    auth = OAuth1(
        urls["key"], urls["secret"], user["oauth_token"], user["oauth_token_secret"]
    )
    data = {"method": "flickr.test.login"}
    prepared = requests.Request(
        "POST", urls["rest_url"], data=data, auth=auth
    ).prepare()
    with requests.Session() as client:
        assert client.send(prepared).status_code == 200
        assert problem(client.send(prepared)) == (401, "nonce_used")


@pytest.mark.parametrize("place", ["header", "query", "form"])
def test_parameters_may_travel_anywhere(emulator: FlickrEmulator, place: str) -> None:
    urls, user = emulator.client_secrets(), emulator.authorized_user()
    secrets = {
        "client_secret": urls["secret"],
        "resource_owner_key": user["oauth_token"],
        "resource_owner_secret": user["oauth_token_secret"],
    }
    kinds = {"query": SIGNATURE_TYPE_QUERY, "form": SIGNATURE_TYPE_BODY}
    client = Client(
        urls["key"], signature_type=kinds.get(place, "AUTH_HEADER"), **secrets
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = {
        "method": "flickr.photos.search",
        "text": "a + b & ü=%20/~*",
        "format": "json",
    }
    uri, headers, data = client.sign(urls["rest_url"], "POST", body, form)
    answer = requests.post(uri, data=data, headers=headers, timeout=60)
    assert answer.text.startswith('jsonFlickrApi({"photos":')


def test_missing_oauth_parameters_are_named(emulator: FlickrEmulator) -> None:
    url = emulator.client_secrets()["rest_url"]
    form = {
        "method": "flickr.photos.licenses.getInfo",
        "oauth_consumer_key": "x",
        "oauth_nonce": "n",
    }
    answer = requests.post(url, data=form, timeout=60)
    assert problem(answer) == (400, "parameter_absent")
    named = parse_qs(answer.text)["oauth_parameters_absent"][0]
    assert named == "oauth_signature&oauth_signature_method&oauth_timestamp"


def test_every_field_of_an_upload_but_the_photo_is_signed(
    emulator: FlickrEmulator,
) -> None:
    api = Api(emulator)
    assert api.post(title="a b").status_code == 200
    unsigned = requests.post(
        api.urls["upload_url"],
        data={"title": "a"},
        files={"photo": b"x"},
        auth=api.auth,
        timeout=60,
    )
    assert problem(unsigned) == (401, "signature_invalid")
    assert len(emulator.web.everything()) == 1


def test_the_final_slash_is_part_of_the_signature(emulator: FlickrEmulator) -> None:
    api = Api(emulator)
    api.urls["upload_url"] = api.urls["upload_url"].rstrip("/")
    assert api.upload()


def test_permission_levels_include_the_lower_ones(emulator: FlickrEmulator) -> None:
    photo = emulator.web.photo("a")
    reader, writer, nobody = (
        Api(emulator, "read"),
        Api(emulator, "write"),
        Api(emulator, ""),
    )
    assert nobody.code("test.login") == 99
    assert nobody.code("photos.setMeta", photo_id=photo, title="b") == 99
    assert reader.code("photos.setMeta", photo_id=photo, title="b") == 99
    assert reader.upload_code() == 99
    writer.call("photos.setMeta", photo_id=photo, title="b")
    answer = writer.send("photos.delete", photo_id=photo).json()
    assert answer["message"] == (
        "Insufficient permissions. Method requires delete privileges; write granted."
    )
    Api(emulator).call("photos.delete", photo_id=photo)


def test_an_application_may_call_with_its_bare_key(emulator: FlickrEmulator) -> None:
    url, key = emulator.client_secrets()["rest_url"], emulator.client_secrets()["key"]
    usual = {
        "method": "flickr.photos.licenses.getInfo",
        "format": "json",
        "nojsoncallback": "1",
    }
    good = requests.get(url, params={**usual, "api_key": key}, timeout=60).json()
    assert good["licenses"]["license"]
    assert (
        requests.get(url, params={**usual, "api_key": "x"}, timeout=60).json()["code"]
        == 100
    )
    assert requests.get(url, params=usual, timeout=60).json()["code"] == 100


def test_tokens_can_be_withdrawn(emulator: FlickrEmulator) -> None:
    api, other = Api(emulator), Api(emulator)
    emulator.plan(Fault("test.login", "expire_token"))
    assert api.code("test.login") == 98
    assert api.code("test.login") == 98
    other.call("test.login")
    emulator.grants.revoke_everything()
    assert other.code("test.login") == 98
    emulator.grants.remove_key(other.urls["key"])
    assert problem(other.send("test.login")) == (401, "consumer_key_unknown")
