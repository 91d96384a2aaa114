using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Generation;

public class TokenSamplerTests
{
    private static readonly DrawKey Key = DrawKey.For(5, new Id128(77));

    [Fact]
    public void What_is_kept_is_what_the_definitions_keep()
    {
        Gen<(double[], SamplingOptions)> cases =
            from logits in Gen.Choose(-4000, 4000).Select(value => (double)(float)(value / 700.0)).ArrayOf(40)
            from temperature in Gen.Choose(1, 30)
            from k in Gen.Choose(0, 45)
            from p in Gen.Choose(1, 100)
            from minimum in Gen.Choose(0, 100)
            select (logits, new SamplingOptions { Temperature = temperature / 10.0, TopK = k == 0 ? null : k, TopP = p / 100.0, MinP = minimum / 400.0 });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), candidate =>
        {
            (double[] logits, SamplingOptions options) = candidate;
            using var scope = NewDisposeScope();
            double[] kept = Keep([.. logits.Select(value => (float)value)], options);
            Assert.Equal(Naive(logits, options), Enumerable.Range(0, kept.Length).Where(id => kept[id] > double.NegativeInfinity));
            Assert.All(Enumerable.Range(0, kept.Length), id => Assert.True(double.IsNegativeInfinity(kept[id]) || kept[id] == logits[id] / options.Temperature));
        }));
    }

    [Fact]
    public void Equals_share_their_fate()
    {
        Assert.Equal([0, 2, 3], Kept([1, 0, 1, 1, 0], new SamplingOptions { TopK = 2 }));
        Assert.Equal([0, 2, 3], Kept([1, 0, 1, 1, 0], new SamplingOptions { TopP = 0.3 }));
        Assert.Equal([0, 2, 3], Kept([1, 0, 1, 1, 0], new SamplingOptions { MinP = 1 }));
    }

    [Fact]
    public void Frequencies_are_the_probabilities_of_what_is_kept()
    {
        const int draws = 20_000;
        using var scope = NewDisposeScope();
        SamplingOptions options = new() { Temperature = 0.7, TopK = 4 };
        double[] logits = [0.3, 1.1, -0.4, 1.6, 0.9, -2];
        double[] weights = [.. logits.Select((value, id) => Naive(logits, options).Contains(id) ? Math.Exp(value / 0.7) : 0)];

        Tensor rows = tensor(logits.Select(value => (float)value).ToArray(), [1, 6]).expand(draws, 6);
        long[] tokens = TokenSampler.Choose(rows, options, [.. Enumerable.Range(0, draws).Select(Key.At)]).data<long>().ToArray();

        for (int id = 0; id < logits.Length; id++)
        {
            double expected = weights[id] / weights.Sum();
            double seen = tokens.Count(token => token == id) / (double)draws;
            Assert.True(Math.Abs(expected - seen) <= 4.5 * Math.Sqrt(expected * (1 - expected) / draws), $"{id}: {seen} instead of {expected}");
        }
    }

    [Fact]
    public void A_draw_depends_on_its_logits_and_key_alone()
    {
        using var scope = NewDisposeScope();
        Tensor logits = randn([9, 300], generator: new Generator(3));
        DrawKey[] keys = [.. Enumerable.Range(0, 9).Select(row => DrawKey.For(1, new Id128((UInt128)row)).At(row))];
        SamplingOptions options = new() { TopP = 0.9, MinP = 0.01 };

        long[] together = Choose(logits, keys);

        Assert.Equal(together, Choose(logits, keys));
        Assert.Equal(together, Enumerable.Range(0, 9).SelectMany(row => Choose(logits.narrow(0, row, 1), keys[row..(row + 1)])));
        Assert.NotEqual(together, Choose(logits, [.. keys.Select(key => key.At(99))]));

        long[] Choose(Tensor rows, DrawKey[] drawKeys) => TokenSampler.Choose(rows, options, drawKeys).data<long>().ToArray();
    }

    [Fact]
    public void Improbable_tokens_of_a_large_vocabulary_can_be_drawn()
    {
        // in float32 the sum would stand still behind the first token
        const int vocabulary = 50_000;
        using var scope = NewDisposeScope();
        Tensor row = zeros(1, vocabulary);
        row.narrow(1, 0, 1).fill_((float)Math.Log(1e8));

        long[] tokens = TokenSampler.Choose(row.expand(4000, vocabulary), new SamplingOptions(), [.. Enumerable.Range(0, 4000).Select(Key.At)]).data<long>().ToArray();

        // 4000 · 5e4 / (1e8 + 5e4) = 2 are expected
        Assert.InRange(tokens.Count(token => token > 0), 1, 10);
    }

    [Theory]
    [InlineData(-0.1, null, 1.0, 0.0)]
    [InlineData(double.NaN, null, 1.0, 0.0)]
    [InlineData(1.0, 0, 1.0, 0.0)]
    [InlineData(1.0, null, 0.0, 0.0)]
    [InlineData(1.0, null, 1.1, 0.0)]
    [InlineData(1.0, null, 1.0, -0.1)]
    public void Values_out_of_range_are_refused(double temperature, int? k, double p, double minimum)
    {
        SamplingOptions options = new() { Temperature = temperature, TopK = k, TopP = p, MinP = minimum };

        Assert.Equal(ErrorCodes.OptionOutOfRange, Assert.Throws<RefluxException>(options.Check).Code);
    }

    private static double[] Keep(float[] logits, SamplingOptions options) => TokenSampler.Keep(tensor(logits, [1, logits.Length]), options).data<double>().ToArray();

    private static IEnumerable<int> Kept(float[] logits, SamplingOptions options)
    {
        using var scope = NewDisposeScope();
        double[] kept = Keep(logits, options);
        return [.. Enumerable.Range(0, kept.Length).Where(id => kept[id] > double.NegativeInfinity)];
    }

    /// <summary>Top-k, top-p and min-p as their papers say, one after the other, with ties.</summary>
    private static IEnumerable<int> Naive(double[] logits, SamplingOptions options)
    {
        List<int> kept = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id])];
        kept = WithTies(options.TopK ?? kept.Count);
        double[] weights = [.. kept.Select(id => Math.Exp((logits[id] - logits[kept[0]]) / options.Temperature))];
        double total = weights.Sum();
        double sum = 0;
        int count = 0;
        while (count < kept.Count && sum / total < options.TopP)
        {
            sum += weights[count++];
        }

        kept = WithTies(count);
        return kept.Where(id => Math.Exp((logits[id] - logits[kept[0]]) / options.Temperature) >= options.MinP).Order();

        List<int> WithTies(int most) => most >= kept.Count ? kept : [.. kept.TakeWhile(id => logits[id] >= logits[kept[most - 1]])];
    }
}
