using Reflux.Models.Tokenizers.Normalizers;

namespace Reflux.Models.Tests.Tokenizers.Normalizers;

public class FormCTests
{
    // the examples of Unicode Standard Annex 15, and Hangul by hand
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("cafe\u0301s", "caf\u00e9s")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u2126", "\u03a9")]
    [InlineData("\u1e9b\u0323", "\u1e9b\u0323")]
    [InlineData("\u1e0a\u0323", "\u1e0c\u0307")]
    [InlineData("D\u0323\u0307", "\u1e0c\u0307")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("a\u0315\u0300\u05ae\u0300b", "\u00e0\u05ae\u0300\u0315b")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00")]
    [InlineData("\ud558\u11ab", "\ud55c")]
    [InlineData("\uac00\u11a7", "\uac00\u11a7")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\U00011099\U000110BA!", "\U0001109A!")]
    [InlineData("x\u2F82\u2F81y", "x\u2F82\u2F81y")]
    [InlineData("\uF900", "\u8C48")]
    public void Composes(string text, string expected) => Assert.Equal(expected, FormC.Of(text));
}
