// Starts Swagger UI, and carries ids over: where a good answer's operation declares OpenAPI links,
// the operations that they lead to are opened and filled in with what the answer said.

/** A runtime expression's value in a response document, or undefined. Texts stay as they are. */
function evaluate(written, response) {
  if (typeof written !== "string" || !written.startsWith("$")) return written;
  const start = "$response.body#/";
  if (!written.startsWith(start)) return undefined;
  return written.slice(start.length).split("/").reduce(
    (found, key) => found?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], response);
}

/** All values of an object evaluated; undefined if any of them cannot be. */
function evaluateAll(written, response) {
  const pairs = Object.entries(written).map(([key, value]) => [key, evaluate(value, response)]);
  return pairs.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(pairs);
}

function* operations(document) {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) yield { path, method, operation };
  }
}

function open(system, { operation }) {
  const [tag] = operation.tags;
  system.layoutActions.show(["operations-tag", tag], true);
  system.layoutActions.show(["operations", tag, operation.operationId], true);
}

function fill(system, { path, method, operation }, parameters, body) {
  const declared = system.specSelectors.specJson().getIn(["paths", path, method, "parameters"]);
  for (const [name, value] of Object.entries(parameters)) {
    const parameter = declared?.find((one) => one.get("name") === name);
    if (parameter) {
      system.specActions.changeParamByIdentity([path, method], parameter, value, false);
    }
  }
  if (body !== undefined && operation.requestBody.content["multipart/form-data"]) {
    const none = system.specSelectors.specJson().clear();
    for (const [name, value] of Object.entries(body)) {
      const field = { value: none.set(name, value), pathMethod: [path, method] };
      system.oas3Actions.setRequestBodyValue(field);
    }
  } else if (body !== undefined) {
    const [content] = Object.values(operation.requestBody.content);
    const [example] = Object.values(content.examples ?? {});
    const value = JSON.stringify({ ...example?.value, ...body }, null, 2);
    fillBody(system, [path, method], value);
  }
}

/** Fills a body in; an operation that was just opened first puts its own example there. */
function fillBody(system, pathMethod, value, triesLeft = 600) {
  if (system.oas3Selectors.requestBodyValue(...pathMethod) == null && triesLeft > 0) {
    setTimeout(() => fillBody(system, pathMethod, value, triesLeft - 1), 50);
  } else {
    system.oas3Actions.setRequestBodyValue({ value, pathMethod });
  }
}

function follow(system, path, method, answer) {
  const document = system.specSelectors.specJson().toJS();
  const { responses } = document.paths[path][method];
  const links = Object.values(responses[String(answer.status)]?.links ?? {});
  if (links.length === 0) return;
  let response;
  try {
    response = JSON.parse(answer.text);
  } catch {
    return;
  }
  const story = document["x-mockstatus-story"];
  let isFollowed = false;
  for (const link of links) {
    const parameters = evaluateAll(link.parameters ?? {}, response);
    const body = link.requestBody && evaluateAll(link.requestBody, response);
    if (!parameters || (link.requestBody && !body)) continue;
    isFollowed = true;
    for (const found of operations(document)) {
      if (found.operation.operationId !== link.operationId) continue;
      if (story.submitted.includes(link.operationId)) open(system, found);
      fill(system, found, parameters, body);
    }
  }
  if (!isFollowed) return;
  for (const found of operations(document)) {
    if (story.then.includes(found.operation.operationId)) open(system, found);
  }
}

const carryingIdsOver = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        setResponse: (original, system) => (path, method, answer) => {
          const result = original(path, method, answer);
          if (!answer.error && answer.status < 300) follow(system, path, method, answer);
          return result;
        },
      },
    },
  },
});

window.ui = SwaggerUIBundle({
  url: document.getElementById("swagger-ui").dataset.openapi,
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [carryingIdsOver],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: () => {
    const system = window.ui.getSystem();
    const shown = system.specSelectors.specJson().toJS();
    for (const found of operations(shown)) {
      if (shown["x-mockstatus-story"].first.includes(found.operation.operationId)) {
        open(system, found);
      }
    }
  },
});
