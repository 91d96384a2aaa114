using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.Bpe;

namespace Reflux.Models.Tests.Tokenizers;

public class BpeTrainerTests
{
    [Fact]
    public void The_same_texts_give_the_same_tokenizer_in_any_order()
    {
        string forwards = BpeTrainer.Train(TestTokenizers.Corpus, 400, PromptTemplate.SpecialTokens).ToJson();
        string backwards = BpeTrainer.Train(TestTokenizers.Corpus.Reverse(), 400, PromptTemplate.SpecialTokens).ToJson();

        Assert.Equal(forwards, backwards);
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_ties_go_to_the_smaller_ids()
    {
        // "ab" four times; "cd" and "ef" three times each
        Tokenizer tokenizer = BpeTrainer.Train(["ab ab ab ab", "ef ef ef", "cd cd cd"], 256 + 5, []);

        Assert.Equal(["ab", "cd", "ef"], tokenizer.Definition.Merges.Select(merge => merge.Left + merge.Right).Where(token => token[0] != 'Ġ').Take(3));
    }

    [Fact]
    public void Special_tokens_come_first_then_bytes_then_merges()
    {
        Tokenizer tokenizer = TestTokenizers.Small;

        Assert.Equal(0, tokenizer.IdOf("<|user|>"));
        Assert.Equal(3, tokenizer.IdOf(ByteAlphabet.LetterOf(0).ToString()));
        Assert.Equal(400, tokenizer.VocabularySize);
        Assert.True(tokenizer.Encode("please help me with the delivery").Length <= 8);
    }

    [Fact]
    public void Separate_digits_are_never_merged()
    {
        Tokenizer tokenizer = BpeTrainer.Train(Enumerable.Repeat("order 111222", 100), 300, [], separateDigits: true);

        Assert.Equal("order 111222".Length - "order".Length + 1, tokenizer.Encode("order 111222").Length);
    }

    [Fact]
    public void It_stops_when_nothing_occurs_twice()
    {
        Assert.Equal(256, BpeTrainer.Train(["abc"], 1000, []).VocabularySize);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BpeTrainer.Train([], 258, ["<a>", "<b>", "<c>"]));
        Assert.Throws<ArgumentException>(() => BpeTrainer.Train([], 300, ["<a>", "<a>"]));
        Assert.Throws<ArgumentException>(() => BpeTrainer.Train([], 300, ["a"]));
        Assert.Throws<ArgumentException>(() => BpeTrainer.Train([], 300, [""]));
    }
}
