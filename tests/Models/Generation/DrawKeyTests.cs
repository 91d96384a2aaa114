using Reflux.Contracts.Identity;
using Reflux.Models.Generation;

namespace Reflux.Models.Tests.Generation;

public class DrawKeyTests
{
    [Fact]
    public void UniformsDependOnSeedSequenceAndPosition()
    {
        var key = DrawKey.For(1, new Id128(5)).At(7);
        double[][] streams =
        [
            Draws(key), Draws(DrawKey.For(2, new Id128(5)).At(7)), Draws(DrawKey.For(1, new Id128(6)).At(7)), Draws(key.At(8)),
        ];

        Assert.Equal(Draws(key), Draws(DrawKey.For(1, new Id128(5)).At(7)));
        Assert.Equal(streams.Length * 50, streams.SelectMany(stream => stream).Append(key.Token()).Distinct().Count() - 1);
    }

    [Fact]
    public void FewerDrawsAreAPrefixOfMore()
    {
        var key = DrawKey.For(3, new Id128(9));
        var few = new double[7];
        key.FillDraws(few);
        Assert.Equal(Draws(key)[..7], few);
    }

    [Fact]
    public void UniformsAreUniformAndFineGrained()
    {
        var key = DrawKey.For(11, new Id128(1));
        var values = Enumerable.Range(0, 4000).SelectMany(position => Draws(key.At(position))).ToArray();

        Assert.All(values, value => Assert.True(value is > 0 and < 1));
        // mean 1/2 with variance 1/12, second moment 1/3 with variance 4/45; within four standard errors
        Assert.InRange(values.Average(), 0.5 - (4 * Math.Sqrt(1 / 12.0 / values.Length)), 0.5 + (4 * Math.Sqrt(1 / 12.0 / values.Length)));
        var second = values.Average(value => value * value);
        Assert.InRange(second, (1 / 3.0) - (4 * Math.Sqrt(4 / 45.0 / values.Length)), (1 / 3.0) + (4 * Math.Sqrt(4 / 45.0 / values.Length)));
        // at least 48 bits: almost no value is a multiple of 2^-40
        Assert.True(values.Count(value => double.ScaleB(value, 40) % 1 == 0) < values.Length / 100);
    }

    private static double[] Draws(DrawKey key)
    {
        var draws = new double[50];
        key.FillDraws(draws);
        return draws;
    }
}
