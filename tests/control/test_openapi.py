"""The OpenAPI document: valid, complete, and what it shows can be sent as it is."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

CONTROL = "/_mock/"


@pytest.fixture
def document(tester):
    return tester.get("/openapi.json")


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_valid(document):
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_has_a_readable_name_of_its_own(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(ids) == len(set(ids))
    assert "control_list_jobs" in ids
    assert "toy_make_toy" in ids
    assert all(name.replace("_", "").isalnum() and name.islower() for name in ids)


def test_every_operation_is_described(document):
    for path, method, operation in operations(document):
        told = f"{method} {path}"
        assert operation["summary"], told
        assert operation["description"], told
        assert len(operation["tags"]) == 1, told


def test_what_can_go_wrong_is_documented(document):
    for path, _, operation in operations(document):
        if path.startswith(CONTROL):
            assert "#/components/schemas/Problem" in str(operation["responses"]["4XX"])
            assert "503" in operation["responses"]


def test_the_problem_document_is_as_it_is_documented(tester, document):
    known = document["components"]["schemas"]["Problem"]["properties"]

    problem = tester.refused(422, "PUT", "/_mock/seed", json={"seed": "x"})

    assert set(problem) <= set(known)


def bodies(document):
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        for kind, body in content.items():
            for example in body.get("examples", {}).values():
                yield path, method, kind, example["value"]


def test_every_body_is_shown_by_an_example(document):
    shown = {(path, method) for path, method, _, _ in bodies(document)}
    # One example alone; phases as only a service can spell them; what another request answers.
    others = {
        ("/_mock/options/toy", "put"),
        ("/_mock/jobs/{job_id}/tracks/{track}", "put"),
        ("/_mock/snapshot", "put"),
    }
    taken = {
        (path, method)
        for path, method, operation in operations(document)
        if "requestBody" in operation
    }

    assert taken - shown <= others


def test_every_example_can_be_sent_as_it_is(tester, document):
    tester.post("/_mock/clock/advance", {"by": "1s"})
    for path, method, kind, value in bodies(document):
        if not path.startswith(CONTROL):
            continue
        inside = tester.inside("fresh")
        inside.post("/_mock/reset")
        toy = "" if "job_id" not in path else inside.submit()
        url = path.format(job_id=toy, service="toy", name="counted")
        sent = {"content": value} if kind == "application/yaml" else {"json": value}

        inside.good(method.upper(), url, **sent)


def test_every_good_answer_of_the_control_api_is_shown_as_its_schema_allows(document):
    shown = 0
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if not path.startswith(CONTROL) or status.startswith(("4XX", "5")):
                continue
            assert answer["description"] != "Successful Response", f"{method} {path}"
            for media_type, content in answer.get("content", {}).items():
                if "toy" in path:  # its options are its own
                    continue
                example = content["example"]
                schema = {**content["schema"], "components": document["components"]}
                problems = Draft202012Validator(schema).iter_errors(example)
                told = f"{method} {path}: {media_type}"
                assert not [error.message for error in problems], told
                shown += 1

    assert shown > 30


def test_every_part_of_a_path_is_shown_by_an_example(document):
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and path.startswith(CONTROL):
                assert "example" in parameter, f"{method} {path}: {parameter['name']}"


def test_the_example_of_options_can_be_sent_as_it_is(tester, document):
    body = document["paths"]["/_mock/options/toy"]["put"]["requestBody"]
    example = body["content"]["application/json"]["example"]

    assert tester.put("/_mock/options/toy", example) == example


def test_a_server_without_scenarios_and_services_has_a_valid_document_too(library):
    from mockstatus.app import create_app
    from mockstatus.scenario.library import Library
    from mockstatus.settings import Settings

    app = create_app(Settings(seed=1), services={}, library=Library({}))

    assert not [*OpenAPIV31SpecValidator(app.openapi()).iter_errors()]


def test_inside_a_sandbox_it_is_tried_out_there(tester):
    assert tester.inside("alice").get("/openapi.json")["servers"] == [{"url": "/~alice"}]
    assert "servers" not in tester.get("/openapi.json")
    assert "/~alice/openapi.json" in tester.inside("alice").send("GET", "/docs").text


def test_without_a_token_nothing_asks_for_one(document):
    assert "securitySchemes" not in document["components"]


def test_with_a_token_swagger_ui_can_authorise(server):
    document = server(admin_token="tick").get("/openapi.json")

    [name] = document["components"]["securitySchemes"]
    for path, _, operation in operations(document):
        closed = path.startswith(CONTROL) and path != "/_mock/health"
        assert operation.get("security") == ([{name: []}] if closed else None)
    assert not [*OpenAPIV31SpecValidator(document).iter_errors()]


def test_the_document_is_made_once(tester):
    assert tester.app.openapi() is tester.app.openapi()
