// Reads recorded GraphQL requests with their answers; prints one line for everything that GitHub's schema forbids.
// An answer is executed as the value of the query, so that types, enumerations and nulls are checked.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { buildSchema, defaultTypeResolver, execute, parse, validate } = require('graphql');

const text = readFileSync(new URL('node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text, { assumeValid: true });
const say = (of, what) => console.log(`${of}: ${what}`.replaceAll('\n', ' '));

// An answer holds what was selected under the names that the query chose.
const fieldResolver = (source, _arguments, _context, info) => source?.[info.path.key];
// Objects behind interfaces and unions say what they are, or what the only fragment on them says.
const typeResolver = (value, context, info, type) => {
  const said = value.__typename ?? defaultTypeResolver(value, context, info, type);
  if (typeof said === 'string') return said;
  const on = info.fieldNodes.flatMap((it) => it.selectionSet?.selections ?? [])
    .filter((it) => it.kind === 'InlineFragment').map((it) => it.typeCondition?.name.value)
    .filter((it) => it && it !== type.name);
  return on[0] ?? schema.getPossibleTypes(type)[0].name;
};

for (const { query, operation, variables, answer } of JSON.parse(readFileSync(0, 'utf8'))) {
  const document = parse(query);
  const invalid = validate(schema, document);
  if (invalid.length > 0) {
    invalid.forEach((it) => say(operation, it.message));
    continue;
  }
  const result = await execute({
    schema, document, rootValue: answer.data, variableValues: variables ?? {}, operationName: operation || undefined,
    fieldResolver, typeResolver,
  });
  (result.errors ?? []).forEach((it) => say(operation, `${it.message} at ${it.path?.join('.')}`));
}
