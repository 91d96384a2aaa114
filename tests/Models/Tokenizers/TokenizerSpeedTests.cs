using Reflux.Models.Tokenizers;
using Xunit.Abstractions;

namespace Reflux.Models.Tests.Tokenizers;

[Collection(Alone.Name)]
[Trait("Speed", "slow")]
public class TokenizerSpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_style_encodes_a_megabyte_a_second()
    {
        IReadOnlyList<TokenizerSpeed> measured = TokenizerSpeed.MeasureAll();
        foreach (TokenizerSpeed speed in measured)
        {
            output.WriteLine($"{speed.Style}: {speed.ColdMegabytesPerSecond:f1} MB/s cold, {speed.WarmMegabytesPerSecond:f1} MB/s warm");
        }

        // what a lone core does is a multiple of this; tests of other projects may share the machine
        Assert.All(measured, speed => Assert.True(Math.Min(speed.ColdMegabytesPerSecond, speed.WarmMegabytesPerSecond) >= 1, speed.ToString()));
    }
}
