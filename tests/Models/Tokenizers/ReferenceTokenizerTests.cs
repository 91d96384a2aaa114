using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Tests.Support;

namespace Reflux.Models.Tests.Tokenizers;

/// <summary>Ids and decoded texts against <c>@huggingface/tokenizers</c>, an implementation that shares nothing with ours.</summary>
[Trait("Speed", "slow")]
public class ReferenceTokenizerTests
{
    private const int Texts = 20_000;

    private static readonly string[] Specials = ["<unk>", "<s>", "</s>", "<|begin|>", "<|end|>", "<|end|>x"];

    private static readonly string[] Extra = ["<tool_call>", "<mask>", "[INST]", "<|pad|>"];

    [Fact]
    public void Every_style_gives_the_same_ids_and_texts_on_20_000_strings()
    {
        string[] words = [.. TestTokenizers.Corpus.SelectMany(text => text.Split(' ')).Distinct()];
        GeneratedTexts generator = new(seed: 20);
        string[] training = [.. TestTokenizers.Corpus, .. generator.Take(1_000, words, ["<|none|>"])];
        string[] texts = ["", " ", "  a", .. generator.Take(Texts, words, [.. Specials, .. Extra])];
        string[] fewer = texts[..5_000];
        using TemporaryDirectory directory = new();
        Dictionary<string, Tokenizer> styles = Enum.GetValues<TokenizerStyle>().ToDictionary(style => style.ToString(), style => BpeTrainer.Train(
            training, style >= TokenizerStyle.Llama2 ? 2_500 : 1_500, Specials[..5], style, beginToken: "<s>"));
        (string Name, Tokenizer Tokenizer, string[] Texts)[] cases =
            [.. styles.Select(style => (style.Key, style.Value, texts)), .. Variants(styles).Select(variant => (variant.Key, variant.Value, fewer))];
        foreach ((string name, Tokenizer tokenizer, string[] theirs) in cases)
        {
            // the port's Digits are ASCII's, the original's are Unicode's numbers; its regular expressions know those too
            const string UnicodeDigits = """ "type":"Split","pattern":{"Regex":"\\p{N}"},"behavior":"Isolated","invert":false """;
            File.WriteAllText(
                directory.File(name + ".tokenizer.json"), Regex.Replace(tokenizer.ToJson(), "\"type\": \"Digits\",\\s+\"individual_digits\": true", UnicodeDigits));
            File.WriteAllText(directory.File(name + ".texts.json"), JsonSerializer.Serialize(theirs));
        }

        RunReference(directory.Path);
        Assert.Multiple([.. cases.Select(one => (Action)(() =>
        {
            Reference[] expected = JsonSerializer.Deserialize<Reference[]>(File.ReadAllText(directory.File(one.Name + ".result.json")), JsonSerializerOptions.Web)!;
            Assert.Equal(one.Texts.Length, expected.Length);
            Compare(one.Name, one.Tokenizer, one.Texts, expected);
        }))]);
    }

    private static void Compare(string name, Tokenizer tokenizer, string[] texts, Reference[] expected)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            string shown = $"{name}: {JsonSerializer.Serialize(texts[i])}";
            int[] ids = tokenizer.EncodeWithSpecials(texts[i], addSpecialTokens: true);
            Assert.True(ids.SequenceEqual(expected[i].Ids), $"{shown}\nours   {Show(tokenizer, ids)}\ntheirs {Show(tokenizer, expected[i].Ids)}");
            int[] plain = tokenizer.Encode(texts[i]);
            Assert.True(plain.SequenceEqual(expected[i].Plain), $"{shown} of a user\nours   {Show(tokenizer, plain)}\ntheirs {Show(tokenizer, expected[i].Plain)}");
            Assert.True(expected[i].All == tokenizer.Decode(ids, skipSpecial: false), $"{shown} decoded: {tokenizer.Decode(ids, skipSpecial: false)} and {expected[i].All}");
            Assert.True(expected[i].Some == tokenizer.Decode(ids), $"{shown} decoded without special tokens: {tokenizer.Decode(ids)} and {expected[i].Some}");
        }
    }

    private static Dictionary<string, Tokenizer> Variants(Dictionary<string, Tokenizer> styles)
    {
        Dictionary<string, Tokenizer> variants = [];

        // what the styles themselves don't have: tokens beside the vocabulary, with every flag; unknown characters; other forms of Metaspace
        foreach (string style in (string[])[nameof(TokenizerStyle.Gpt2), nameof(TokenizerStyle.Qwen2), nameof(TokenizerStyle.Llama2), nameof(TokenizerStyle.Mistral)])
        {
            variants.Add(style + "-added", WithExtraTokens(styles[style]));
        }

        Tokenizer mistral = styles[nameof(TokenizerStyle.Mistral)];
        variants.Add("Mistral-always", Changed(mistral, "\"first\"", "\"always\""));
        variants.Add("Mistral-never", Changed(mistral, "\"first\"", "\"never\""));
        variants.Add("Mistral-ignoring-merges", Changed(mistral, "\"ignore_merges\": false", "\"ignore_merges\": true"));
        variants.Add("Llama2-unknown", new Tokenizer(styles[nameof(TokenizerStyle.Llama2)].Definition with { Options = new BpeOptions(UnknownToken: "<unk>") }));
        variants.Add("Llama2-fused", new Tokenizer(styles[nameof(TokenizerStyle.Llama2)].Definition with { Options = new BpeOptions(UnknownToken: "<unk>", FuseUnknown: true) }));
        return variants;
    }

    private static Tokenizer WithExtraTokens(Tokenizer tokenizer)
    {
        TokenizerDefinition definition = tokenizer.Definition;
        int next = definition.Tokens.Count;
        return new Tokenizer(definition with
        {
            Tokens = [.. definition.Tokens, .. Extra],
            Added =
            [
                .. definition.Added,
                new AddedToken(next, Extra[0], Special: false, Normalized: false, InVocabulary: false),
                new AddedToken(next + 1, Extra[1], LeftStrip: true, InVocabulary: false),
                new AddedToken(next + 2, Extra[2], RightStrip: true, InVocabulary: false),
                new AddedToken(next + 3, Extra[3], Special: false, Normalized: definition.Normalizer.Apply("a") == "a", LeftStrip: true, RightStrip: true, InVocabulary: false),
            ],
        });
    }

    private static Tokenizer Changed(Tokenizer tokenizer, string from, string to) => TokenizerFiles.Reload(tokenizer.ToJson().Replace(from, to));

    private static void RunReference(string directory)
    {
        ProcessStartInfo start = new("node", [RepositoryRoot.File("tests", "reference", "npm", "tokenize.mjs"), TestTools.Directory, directory]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    private static string Show(Tokenizer tokenizer, IEnumerable<int> ids) => string.Join(' ', ids.Select(id => $"{id}:{tokenizer.Definition.Tokens[id]}"));

    private sealed record Reference(int[] Ids, int[] Plain, string All, string Some);
}
