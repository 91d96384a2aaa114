using System.Text.Json.Nodes;
using Reflux.Contracts.Errors;
using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Tokenizers;

public class TokenizerJsonTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Round_trips(bool separateDigits)
    {
        Tokenizer original = BpeTrainer.Train(TestTokenizers.Corpus, 350, PromptTemplate.SpecialTokens, separateDigits);
        Tokenizer reloaded = TokenizerFiles.Reload(original.ToJson());

        Assert.Equal(original.ToJson(), reloaded.ToJson());
        Assert.Equal(original.Hash, reloaded.Hash);
        Assert.Equal(original.Encode("order 4711, thanks"), reloaded.Encode("order 4711, thanks"));
    }

    [Fact]
    public void Merges_may_be_written_as_texts()
    {
        string json = Changed(root =>
        {
            JsonArray merges = root["model"]!["merges"]!.AsArray();
            root["model"]!["merges"] = new JsonArray([.. merges.Select(pair => (JsonNode)$"{pair![0]} {pair[1]}")]);
        });

        Assert.Equal(TestTokenizers.Small.Encode("the delivery"), TokenizerFiles.Reload(json).Encode("the delivery"));
    }

    public static TheoryData<string, string> Unsupported { get; } = new()
    {
        { "normalizer", """{"type":"NFKC"}""" },
        { "normalizer", """{"type":"Replace","pattern":{"Regex":"a"},"content":"b"}""" },
        { "truncation", """{"max_length":4}""" },
        { "something_new", "1" },
        { "model.type", "\"Unigram\"" },
        { "model.byte_fallback", "true" },
        { "model.dropout", "0.1" },
        { "model.continuing_subword_prefix", "\"##\"" },
        { "pre_tokenizer.add_prefix_space", "true" },
        { "pre_tokenizer.type", "\"Whitespace\"" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[0-9]"},"behavior":"Isolated"}]}""" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":" "},"behavior":"Isolated"}]}""" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":" "},"behavior":"Removed"}]}""" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Metaspace","replacement":"_"},{"type":"Digits"}]}""" },
        { "pre_tokenizer", """{"type":"Digits"}""" },
        { "post_processor", """{"type":"RobertaProcessing"}""" },
        { "decoder.type", "\"WordPiece\"" },
        { "decoder", """{"type":"Metaspace","replacement":"_"}""" },
        { "decoder", """{"type":"Sequence","decoders":[{"type":"Strip","content":" ","start":1,"stop":0},{"type":"Fuse"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Names_what_it_does_not_support(string path, string value)
    {
        ModelException error = Assert.Throws<ModelException>(() => TokenizerFiles.Reload(Changed(root => Set(root, path, JsonNode.Parse(value)))));

        Assert.Equal(ErrorCodes.ModelUnsupported, error.Code);
Assert.Contains(path.Split('.')[path.EndsWith(".type", StringComparison.Ordinal) ? ^2 : ^1].Split('_')[^1], error.Message, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string, string> Malformed { get; } = new()
    {
        { "model", "null" },
        { "model.vocab", "[]" },
        { "model.vocab.a", "-1" },
        { "model.vocab.a", "\"x\"" },
        { "model.vocab.日", "5000000" },
        { "model.merges", """[["a"]]""" },
        { "model.merges", """[["a","b","c"]]""" },
        { "model.merges", """["a  b"]""" },
        { "model.merges", """[["zzzz","a"]]""" },
        { "model.merges", "[1]" },
        { "added_tokens", """[{"id":0,"content":"other","special":true}]""" },
        { "added_tokens", """[{"id":900,"content":"","special":true}]""" },
        { "pre_tokenizer", "7" },
        { "model.unk_token", "\"<unk>\"" },
        { "post_processor", """{"type":"TemplateProcessing"}""" },
        { "post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}},{"Sequence":{"id":"A"}}],"special_tokens":{"x":{"ids":[9999]}}}""" },
        { "added_tokens", """[{"id":0,"content":"<|user|>"},{"id":0,"content":"<|user|>"}]""" },
        { "normalizer", """{"type":"Replace","pattern":{"String":""},"content":"b"}""" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused(string path, string value)
    {
        ModelException error = Assert.Throws<ModelException>(() => TokenizerFiles.Reload(Changed(root => Set(root, path, JsonNode.Parse(value)))));

        Assert.Equal(ErrorCodes.ModelInvalid, error.Code);
        Assert.EndsWith("tokenizer.json", error.File);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"model":{},"model":{}}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"normalizer":"\ud800"}""")]
    public void What_is_no_tokenizer_is_refused(string json) => Assert.Throws<ModelException>(() => TokenizerFiles.Reload(json));

    public static TheoryData<TokenizerStyle, string, string> Spellings { get; } = new()
    {
        // GPT-2: no type of the model, empty texts for what isn't used
        { TokenizerStyle.Gpt2, "model.type", "null" },
        { TokenizerStyle.Gpt2, "model.continuing_subword_prefix", "\"\"" },
        { TokenizerStyle.Gpt2, "post_processor", """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false}""" },
        { TokenizerStyle.Qwen2, "model.end_of_word_suffix", "\"\"" },
        { TokenizerStyle.Qwen2, "post_processor", """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}""" },
        { TokenizerStyle.SmolLm2, "decoder", """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""" },
        { TokenizerStyle.SmolLm2, "post_processor", "null" },
        { TokenizerStyle.Llama2, "model.ignore_merges", "false" },
        { TokenizerStyle.Mistral, "pre_tokenizer", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""" },
        { TokenizerStyle.Mistral, "normalizer", "null" },
        {
            TokenizerStyle.Llama3, "pre_tokenizer",
            """
            {"type":"Sequence","pretokenizers":[
              {"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Isolated","invert":false},
              {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Files_are_read_as_the_families_publish_them(TokenizerStyle style, string path, string value)
    {
        Tokenizer trained = BpeTrainer.Train(TestTokenizers.Corpus, 600, ["<unk>", "<s>", "</s>"], style);
        JsonNode root = JsonNode.Parse(trained.ToJson())!;
        Set(root, path, JsonNode.Parse(value));
        Tokenizer published = TokenizerFiles.Reload(root.ToJsonString());

        foreach (string text in TestTokenizers.Corpus.Take(20).Append("It's 2024,\r\n\n  WE'LL see\t漢字 🙂"))
        {
            Assert.Equal(trained.Encode(text), published.Encode(text));
            Assert.Equal(trained.Decode(trained.Encode(text)), published.Decode(published.Encode(text)));
        }
    }

    [Theory]
    [InlineData(null, false, "")]
    [InlineData("<unk>", false, "<unk><unk><unk><unk>")]
    [InlineData("<unk>", true, "<unk>")]
    public void Bytes_without_a_token_are_unknown_as_in_SmolLM2(string? unknown, bool fuse, string between)
    {
        Tokenizer complete = BpeTrainer.Train(TestTokenizers.Corpus, 300, ["<unk>"], TokenizerStyle.SmolLm2);
        JsonNode root = JsonNode.Parse(complete.ToJson())!;
        JsonObject vocabulary = root["model"]!["vocab"]!.AsObject();
        JsonObject kept = [];
        foreach ((string token, JsonNode? id) in vocabulary.OrderBy(token => (int)token.Value!))
        {
            // of a plane that nobody writes: 0xF1, 0x80, 0x84, 0xB1
            if (token is not ("ñ" or "Ģ" or "Ħ" or "±"))
            {
                kept.Add(token, kept.Count);
            }
        }

        root["model"]!["vocab"] = kept;
        root["model"]!["unk_token"] = unknown;
        root["model"]!["fuse_unk"] = fuse;
        Tokenizer tokenizer = TokenizerFiles.Reload(root.ToJsonString());

        Assert.Equal(complete.VocabularySize - 4, tokenizer.VocabularySize);
        Assert.Equal($"the{between}end", tokenizer.Decode(tokenizer.Encode("the\U00040131end"), skipSpecial: false));
        Assert.Equal(tokenizer.ToJson(), TokenizerFiles.Reload(tokenizer.ToJson()).ToJson());
    }

    [Fact]
    public void A_merge_that_makes_a_special_token_is_refused()
    {
        string json = Changed(root => root["added_tokens"]!.AsArray().Add(JsonNode.Parse(
            $$"""{"id":{{TestTokenizers.Small.VocabularySize - 1}},"content":{{root["model"]!["vocab"]!.AsObject().Last().Key.AsJson()}},"special":true}""")));

        ModelException error = Assert.Throws<ModelException>(() => TokenizerFiles.Reload(json));
        Assert.Contains("special token", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        ModelException error = Assert.Throws<ModelException>(() => Tokenizer.Load("/nowhere/tokenizer.json"));
        Assert.Contains("/nowhere/tokenizer.json", error.Message);
    }

    [Theory]
    [InlineData(TokenizerStyle.Gpt2)]
    [InlineData(TokenizerStyle.SmolLm2)]
    [InlineData(TokenizerStyle.Llama3)]
    [InlineData(TokenizerStyle.Qwen2)]
    [InlineData(TokenizerStyle.Llama2)]
    [InlineData(TokenizerStyle.Mistral)]
    public void A_file_with_anything_changed_in_it_loads_or_is_refused(TokenizerStyle style)
    {
        Tokenizer tokenizer = BpeTrainer.Train(TestTokenizers.Corpus, 300, ["<unk>", "<s>", "</s>"], style, beginToken: "<s>");
        Assert.Equal(tokenizer.ToJson(), TokenizerFiles.Reload(tokenizer.ToJson()).ToJson());
        string[] values = ["null", "-1", "7", "1e99", "true", "\"\"", "\"x\"", "[]", "{}", "[null]", "[[]]", """{"type":"Sequence"}""", """{"type":7}"""];
        Random random = new(Seed: 8);
        for (int i = 0; i < 300; i++)
        {
            JsonNode root = JsonNode.Parse(tokenizer.ToJson())!;
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                Mutate(root, JsonNode.Parse(values[random.Next(values.Length)]), random);
            }

            try
            {
                Tokenizer changed = TokenizerFiles.Reload(root.ToJsonString());
                changed.Decode(changed.EncodeWithSpecials("my order 12 <s>é", addSpecialTokens: true));
                changed.ToJson();
            }
            catch (ModelException error)
            {
                Assert.EndsWith("tokenizer.json", error.File);
            }
        }
    }

    // goes down at random and puts the value, or a twin or nothing, in the place of what is there
    private static void Mutate(JsonNode root, JsonNode? value, Random random)
    {
        JsonNode node = root;
        while (true)
        {
            JsonNode? next;
            if (node is JsonObject { Count: > 0 } fields)
            {
                string name = fields.ElementAt(random.Next(fields.Count)).Key;
                next = fields[name];
                if (next is not (JsonObject or JsonArray) || random.Next(4) == 0)
                {
                    if (random.Next(5) == 0)
                    {
                        fields.Remove(name);
                    }
                    else
                    {
                        fields[name] = value;
                    }

                    return;
                }
            }
            else if (node is JsonArray { Count: > 0 } items)
            {
                int place = random.Next(items.Count);
                next = items[place];
                if (next is not (JsonObject or JsonArray) || random.Next(4) == 0)
                {
                    items[place] = random.Next(3) == 0 ? items[random.Next(items.Count)]?.DeepClone() : value;
                    return;
                }
            }
            else
            {
                return;
            }

            node = next;
        }
    }

    private static string Changed(Action<JsonNode> change)
    {
        JsonNode root = JsonNode.Parse(TestTokenizers.Small.ToJson())!;
        change(root);
        return root.ToJsonString();
    }

    private static void Set(JsonNode root, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonNode node = root;
        foreach (string part in parts[..^1])
        {
            node = node[part]!;
        }

        node[parts[^1]] = value;
    }
}
