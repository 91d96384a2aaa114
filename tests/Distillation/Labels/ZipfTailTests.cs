using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Labels;

/// <summary>What becomes of the tail of a large vocabulary whose probabilities follow Zipf's law with s = 1.8.</summary>
public class ZipfTailTests
{
    private const int Vocabulary = 151_936;
    private const int Draws = 62_500;
    private const int Positions = 160;

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    [Trait("Speed", "slow")]
    public void TenMillionDrawsHitTheTailAsOftenAsTheyShould(int from)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Enumerable.Range(1, Vocabulary).Select(rank => (float)(-1.8 * Math.Log(rank))).ToArray()).expand(Positions, Vocabulary);
        var key = DrawKey.For(5, new Id128(9));
        var sampler = new LabelSampler(Draws, 1);
        var hits = 0L;
        for (var position = 0; position < Positions; position++)
        {
            var labels = sampler.CreateBuilder(holdout: false);
            labels.Append(sampler.Sample(logits.narrow(0, position, 1), [key.At(position)]), 0);
            var drawn = labels.Build();
            for (var k = 0; k < drawn.Ids.Length; k++)
            {
                hits += drawn.Ids[k] >= from ? drawn.Counts[k] : 0;
            }
        }

        var (mass, draws) = (TailMass(from), (double)Draws * Positions);
        var sigma = Math.Sqrt(mass * (1 - mass) / draws);
        Assert.InRange(hits / draws, mass - (4 * sigma), mass + (4 * sigma));

        // what a CDF in float32 with 24-bit uniforms would have given; here it is counted, not drawn
        Assert.NotInRange(SinglePrecisionTailMass(from), mass - (4 * sigma), mass + (4 * sigma));
    }

    [Fact]
    public void SinglePrecisionLosesMostOfTheVocabulary()
    {
        var cumulative = SinglePrecisionCdf();
        var reachable = Enumerable.Range(0, Vocabulary).Count(id => Below(cumulative[id]) > (id == 0 ? 0 : Below(cumulative[id - 1])));
        Assert.InRange(reachable, 1, 20_000);
    }

    private static double TailMass(int from)
    {
        double[] weights = [.. Enumerable.Range(1, Vocabulary).Select(rank => Math.Pow(rank, -1.8))];
        return weights.Skip(from).Sum() / weights.Sum();
    }

    private static double SinglePrecisionTailMass(int from)
    {
        var cumulative = SinglePrecisionCdf();
        return (Below(cumulative[^1]) - Below(cumulative[from - 1])) * double.ScaleB(1, -24);
    }

    private static float[] SinglePrecisionCdf()
    {
        var total = (float)Enumerable.Range(1, Vocabulary).Sum(rank => Math.Pow(rank, -1.8));
        var cumulative = new float[Vocabulary];
        var sum = 0f;
        for (var id = 0; id < Vocabulary; id++)
        {
            sum += (float)Math.Pow(id + 1, -1.8) / total;
            cumulative[id] = sum;
        }

        return cumulative;
    }

    /// <summary>How many of the 2^24 uniforms lie below a bound.</summary>
    private static long Below(float bound) => (long)Math.Ceiling(Math.Min(1, (double)bound) * (1 << 24));
}
