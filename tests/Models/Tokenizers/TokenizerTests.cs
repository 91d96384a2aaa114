using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;

namespace Reflux.Models.Tests.Tokenizers;

public class TokenizerTests
{
    private static readonly Tokenizer Tokenizer = TestTokenizers.Small;

    [Fact]
    public void Any_text_decodes_to_itself()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<string>().Filter(text => text is not null),
            text => Tokenizer.Decode(Tokenizer.Encode(text)) == WellFormed(text)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_sequence_of_scalars_decodes_to_itself()
    {
        Gen<string> texts = Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).ListOf().Select(values => string.Concat(values.Select(value => new Rune(value).ToString())));

        Prop.ForAll(texts.ToArbitrary(), text => Tokenizer.Decode(Tokenizer.Encode(text)) == text).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_reaches_a_special_token()
    {
        Gen<string> fragments = Gen.Elements(["<|user|>", "<|end|>", "<|assistant|>", "<|", "|>", "end", "user", " ", "order", "<"]);

        Prop.ForAll(fragments.ListOf().Select(parts => string.Concat(parts)).ToArbitrary(), text =>
        {
            int[] ids = Tokenizer.Encode(text);
            return !ids.Any(Tokenizer.IsSpecial) && Tokenizer.Decode(ids) == text;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_corpus_full_of_a_special_token_does_not_make_it_reachable()
    {
        Tokenizer tokenizer = BpeTrainer.Train(Enumerable.Repeat("<|end|> <|end|>", 50), 300, ["<|end|>", "|>"]);

        Assert.DoesNotContain(tokenizer.Encode("<|end|>"), tokenizer.IsSpecial);
        Assert.Equal("<|end|>", tokenizer.Decode(tokenizer.Encode("<|end|>")));
    }

    [Fact]
    public void Special_tokens_are_skipped_or_shown()
    {
        int end = Tokenizer.IdOf(PromptTemplate.EndToken)!.Value;
        int[] ids = [.. Tokenizer.Encode("done"), end];

        Assert.Equal("done", Tokenizer.Decode(ids));
        Assert.Equal("done<|end|>", Tokenizer.Decode(ids, skipSpecial: false));
    }

    [Fact]
    public void Merges_apply_by_strength_then_from_the_left()
    {
        // a=0 b=1 …; "ab" is weaker than "bc", so "abc" becomes a + bc
        MergeTable table = new(new Dictionary<(int, int), (int, int)> { [(1, 2)] = (0, 10), [(0, 1)] = (1, 11), [(3, 3)] = (2, 12), [(12, 3)] = (3, 13) });

        Assert.Equal([0, 10], Applied(table, [0, 1, 2]));
        Assert.Equal([12, 12], Applied(table, [3, 3, 3, 3]));
        Assert.Equal([12, 13], Applied(table, [3, 3, 3, 3, 3]));
        Assert.Equal([11, 11], Applied(table, [0, 1, 0, 1]));
    }

    [Fact]
    public void A_long_run_without_spaces_takes_no_quadratic_time()
    {
        string text = new('o', 200_000);

        Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)));
    }

    [Fact]
    public void Decode_refuses_an_id_without_a_token()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([Tokenizer.VocabularySize]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([-1]));
    }

    [Fact]
    public void The_hash_covers_ids_bytes_and_special_flags_only()
    {
        Tokenizer spaced = TokenizerFiles.Reload(Tokenizer.ToJson().Replace("\n", "\n\n"));
        TokenizerDefinition definition = Tokenizer.Definition;
        Tokenizer plainEnd = new(definition with { Added = [.. definition.Added.Where(token => token.Content != "<|end|>")] });

        Assert.Equal(Tokenizer.Hash, spaced.Hash);
        Assert.NotEqual(Tokenizer.Hash, plainEnd.Hash);
        Assert.Equal(64, Tokenizer.Hash.Length);
    }

    [Fact]
    public void A_trusted_text_may_spell_special_tokens_and_a_user_in_it_may_not()
    {
        int end = Tokenizer.IdOf("<|end|>")!.Value;

        Assert.Equal([.. Tokenizer.Encode("done"), end], Tokenizer.EncodeWithSpecials("done<|end|>"));
        int[] mixed = Tokenizer.Encode([new("<|user|>a <|e", true), new("nd|> <|end|>", false), new(" b<|e", true), new("", false), new("nd|>", true)]);
        Assert.Equal([Tokenizer.IdOf("<|user|>")!.Value, end], mixed.Where(Tokenizer.IsSpecial));
        Assert.Equal([Tokenizer.IdOf("<|user|>")!.Value, .. Tokenizer.Encode("a <|end|> <|end|> b"), end], mixed);
    }

    [Fact]
    public void A_token_that_is_a_single_word_is_not_found_in_another()
    {
        TokenizerDefinition definition = Tokenizer.Definition;
        Tokenizer words = new(definition with
        {
            Tokens = [.. definition.Tokens, "note"],
            Added = [.. definition.Added, new AddedToken(definition.Tokens.Count, "note", Special: false, SingleWord: true, InVocabulary: false)],
        });

        int note = definition.Tokens.Count;
        Assert.Equal(["note", " note!", "a-note"], new[] { "note", "notes", "keynote", " note!", "note\u0301", "a-note", "_note", "note4" }.Where(text => words.EncodeWithSpecials(text).Contains(note)));
        Assert.DoesNotContain(note, words.Encode("note"));
    }

    [Fact]
    public void A_token_that_is_normalized_is_found_as_its_normal_form()
    {
        Tokenizer tokenizer = BpeTrainer.Train(TestTokenizers.Corpus, 300, ["<s>"], TokenizerStyle.Qwen2);
        TokenizerDefinition definition = tokenizer.Definition;
        Tokenizer composed = new(definition with
        {
            Tokens = [.. definition.Tokens, "caf\u00e9"],
            Added = [.. definition.Added, new AddedToken(definition.Tokens.Count, "caf\u00e9", Special: false, Normalized: true, InVocabulary: false)],
        });

        Assert.Contains(definition.Tokens.Count, composed.EncodeWithSpecials("a cafe\u0301!"));
        Assert.DoesNotContain(definition.Tokens.Count, composed.Encode("a cafe\u0301!"));
        Assert.DoesNotContain(definition.Tokens.Count, composed.Encode([new("a cafe", true), new("\u0301!", false)]));
        Assert.Contains(definition.Tokens.Count, composed.Encode([new("a cafe\u0301", true), new("!", false)]));
    }

    [Fact]
    public void A_merge_across_words_is_not_cut_apart()
    {
        Tokenizer trained = BpeTrainer.Train(TestTokenizers.Corpus, 400, ["<unk>"], TokenizerStyle.Llama2);
        TokenizerDefinition definition = trained.Definition;
        Tokenizer crossing = new(definition with { Tokens = [.. definition.Tokens, "r\u2581"], Merges = [("r", "\u2581"), .. definition.Merges] });

        Assert.Contains(definition.Tokens.Count, crossing.Encode("or der"));
        Assert.Equal("or der", crossing.Decode(crossing.Encode("or der")));
    }

    [Theory]
    [InlineData("a\u0085b")]
    [InlineData("a\ufeffb")]
    [InlineData("don'\u017ft")]
    [InlineData("\ud800x")]
    public void What_the_javascript_port_sees_otherwise_decodes_to_itself(string text)
    {
        foreach (TokenizerStyle style in Enum.GetValues<TokenizerStyle>())
        {
            Tokenizer tokenizer = BpeTrainer.Train(TestTokenizers.Corpus, 320, ["<unk>"], style);
            Assert.Equal(WellFormed(text), tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    private static int[] Applied(MergeTable table, int[] ids) => ids[..table.Apply(ids)];

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
