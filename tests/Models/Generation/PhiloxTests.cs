using Reflux.Models.Generation;

namespace Reflux.Models.Tests.Generation;

public class PhiloxTests
{
    // known answers published with the algorithm's reference implementation (Random123, kat_vectors)
    [Theory]
    [InlineData(0ul, 0u, 0u, 0u, 0u, 0xE169C58D6627E8D5ul, 0x9B00DBD8BC57AC4Cul)]
    [InlineData(ulong.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x41C83B0E408F276Dul, 0x6D5451FDA20BC7C6ul)]
    [InlineData(0x299F31D0A4093822ul, 0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u, 0x94FDCCEBD16CFE09ul, 0x24126EA15001E420ul)]
    public void MatchesThePublishedVectors(ulong key, uint c0, uint c1, uint c2, uint c3, ulong low, ulong high) =>
        Assert.Equal((low, high), Philox.Block(key, c0, c1, c2, c3));
}
