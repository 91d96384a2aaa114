using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Tests.Identity;

public sealed class PositionTests
{
    private static readonly Position Known = new(new LogId(new Guid("01890a5d-ac96-774b-bcce-000000000001"), 3), 42);

    [Fact]
    public void A_position_is_read_as_it_is_printed()
    {
        Assert.Equal("01890a5dac96774bbcce000000000001/3@42", Known.ToString());
        Assert.True(Position.TryParse(Known.ToString(), out var read));
        Assert.Equal(Known, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("3@42")]
    [InlineData("01890a5dac96774bbcce000000000001@3/42")]
    [InlineData("01890a5dac96774bbcce000000000001/3@-1")]
    [InlineData("01890a5dac96774bbcce000000000001/3@42 ")]
    [InlineData("01890a5dac96774bbcce00000000000/3@42")]
    [InlineData("01890a5dac96774bbcce000000000001/3@42@1")]
    public void Anything_else_is_no_position(string? text) => Assert.False(Position.TryParse(text, out _));
}
