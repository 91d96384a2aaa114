// node tokenize.mjs TOOLS DIRECTORY: for every DIRECTORY/*.tokenizer.json the ids and decoded texts of the texts in DIRECTORY/*.texts.json,
// as @huggingface/tokenizers (in TOOLS/node_modules) sees them, into DIRECTORY/*.result.json.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, directory] = process.argv.slice(2);
const { Tokenizer } = await import(pathToFileURL(join(tools, 'node_modules/@huggingface/tokenizers/dist/tokenizers.mjs')));
const read = name => JSON.parse(readFileSync(join(directory, name), 'utf8'));
for (const name of readdirSync(directory).filter(name => name.endsWith('.tokenizer.json'))) {
  const json = read(name);
  const tokenizer = new Tokenizer(json, { clean_up_tokenization_spaces: false });

  // what a user's text is: one in which no added token is looked for
  const plain = new Tokenizer({ ...json, added_tokens: [] }, { clean_up_tokenization_spaces: false });
  const decode = (ids, skip) => ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: skip });
  const result = read(name.replace('.tokenizer.', '.texts.')).map(text => {
    const ids = tokenizer.encode(text, { add_special_tokens: true }).ids;
    return { ids, plain: plain.encode(text, { add_special_tokens: false }).ids, all: decode(ids, false), some: decode(ids, true) };
  });
  writeFileSync(join(directory, name.replace('.tokenizer.', '.result.')), JSON.stringify(result));
}
