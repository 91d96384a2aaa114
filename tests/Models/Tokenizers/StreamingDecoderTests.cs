using FsCheck;
using FsCheck.Fluent;
using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Tokenizers;

public class StreamingDecoderTests
{
    private static readonly Dictionary<TokenizerStyle, Tokenizer> Tokenizers = Enum.GetValues<TokenizerStyle>().ToDictionary(
        style => style, style => BpeTrainer.Train(TestTokenizers.Corpus, 420, ["<unk>", "<s>", "</s>"], style));

    public static TheoryData<TokenizerStyle> Styles { get; } = [.. Enum.GetValues<TokenizerStyle>()];

    [Theory]
    [MemberData(nameof(Styles))]
    public void The_pieces_of_any_ids_are_the_whole(TokenizerStyle style)
    {
        Tokenizer tokenizer = Tokenizers[style];
        foreach (bool skipSpecial in (bool[])[true, false])
        {
            Prop.ForAll(Gen.Choose(0, tokenizer.VocabularySize - 1).ListOf().ToArbitrary(), ids =>
            {
                StreamingDecoder decoder = new(tokenizer, skipSpecial);
                return string.Concat(ids.Select(decoder.Push)) + decoder.Finish() == tokenizer.Decode([.. ids], skipSpecial);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void No_piece_holds_a_part_of_a_character(TokenizerStyle style)
    {
        const string Text = "größe 😀👨‍👩‍👧 日本 क्षि ";
        Tokenizer tokenizer = Tokenizers[style];
        StreamingDecoder decoder = new(tokenizer);
        List<string> pieces = [.. tokenizer.Encode(Text).Select(decoder.Push)];

        Assert.Equal(Text, string.Concat(pieces));
        Assert.Contains("", pieces);
        Assert.All(pieces, piece => Assert.False(piece.Contains('\ufffd') || (piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])))));
        Assert.Equal("", decoder.Finish());
    }

    [Fact]
    public void An_unfinished_character_shows_at_the_end_and_the_decoder_begins_anew()
    {
        Tokenizer tokenizer = Tokenizers[TokenizerStyle.Llama2];
        StreamingDecoder decoder = new(tokenizer);

        Assert.Equal("", decoder.Push(tokenizer.IdOf("<0xE2>")!.Value));
        Assert.Equal("\ufffd", decoder.Finish());
        Assert.Equal("order", string.Concat(tokenizer.Encode("order").Select(decoder.Push)));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Push(-1));
    }
}
