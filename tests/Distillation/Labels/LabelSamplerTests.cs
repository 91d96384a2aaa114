using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Golden;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Labels;

public class LabelSamplerTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void FrequenciesAreTheTeachersProbabilities(double temperature)
    {
        const int positions = 4000;
        const int draws = 50;
        using var scope = NewDisposeScope();
        var teacher = GoldenValues.Teacher;
        var probabilities = GoldenValues.Probabilities(teacher, temperature);

        var labels = Draw(draws, temperature, tensor(teacher).expand(positions, teacher.Length), holdout: false, out var tokens);

        for (var id = 0; id < teacher.Length; id++)
        {
            var drawn = labels.Ids.ToArray().Zip(labels.Counts.ToArray()).Where(pair => pair.First == id).Sum(pair => pair.Second);
            AssertWithinFourSigma(probabilities[id], drawn, positions * draws);
            AssertWithinFourSigma(probabilities[id], tokens.Count(token => token == id), positions);
        }
    }

    [Fact]
    public void EntropyAndLogProbabilitiesAreThoseOfTheDistribution()
    {
        using var scope = NewDisposeScope();
        var teacher = GoldenValues.Teacher;
        var probabilities = GoldenValues.Probabilities(teacher);

        var labels = Draw(50, 1, tensor(teacher).unsqueeze(0), holdout: true, out _);

        Assert.Equal((Half)GoldenValues.Value("entropy_teacher"), labels.Entropy[0]);
        Assert.Equal(labels.Ids.ToArray().Select(id => (Half)Math.Log(probabilities[id])), labels.LogProbabilities.ToArray());
    }

    [Fact]
    public void ARowsDrawsDoNotDependOnItsBatch()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var logits = randn(9, 300, generator: generator) * 3;
        var keys = Keys(9);
        var sampler = new LabelSampler(20, 1);

        var together = Labels(sampler.Sample(logits, keys), 9);

        for (var row = 0; row < 9; row++)
        {
            var alone = Labels(sampler.Sample(logits.narrow(0, row, 1), keys.AsSpan(row, 1)), 1);
            var expected = together.Offsets[row]..together.Offsets[row + 1];
            Assert.Equal(together.Ids[expected], alone.Ids);
            Assert.Equal(together.Counts[expected], alone.Counts);
            Assert.Equal(together.Entropy[row], alone.Entropy[0]);
        }
    }

    [Fact]
    public void TheAnswersTokenIsIndependentOfTheDraws()
    {
        const int positions = 4000;
        using var scope = NewDisposeScope();

        var labels = Draw(1, 1, zeros(positions, 4), holdout: false, out var tokens);

        // independent uniform choices among four agree a quarter of the time
        AssertWithinFourSigma(0.25, tokens.Zip(labels.Ids.ToArray()).Count(pair => pair.First == pair.Second), positions);
    }

    [Fact]
    public void TheWholeTailOfALargeVocabularyCanBeDrawn()
    {
        // one token of 0.99 and a million of 1e-8 each: a float32 CDF stands still at 0.99 and reaches none of them
        const int vocabulary = 1_000_001;
        const int draws = 50_000;
        const int positions = 6;
        using var scope = NewDisposeScope();
        var logits = full(positions, vocabulary, Math.Log(1e-8), dtype: ScalarType.Float32);
        logits.narrow(1, 0, 1).fill_(Math.Log(0.99));

        var labels = Draw(draws, 1, logits, holdout: false, out _);

        var tail = labels.Ids.ToArray().Zip(labels.Counts.ToArray()).Where(pair => pair.First > 0).ToArray();
        var drawn = tail.Sum(pair => pair.Second);
        AssertWithinFourSigma(0.01, drawn, draws * positions);
        Assert.True(tail.Length > 0.99 * drawn, $"only {tail.Length} different tail ids in {drawn} draws");
        Assert.InRange(tail.Average(pair => (double)pair.First), 0.46e6, 0.54e6);
    }

    [Fact]
    public void IdsOfNoProbabilityAreNeverDrawn()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(500, 6);
        logits.narrow(1, 0, 2).fill_(double.NegativeInfinity);
        logits.narrow(1, 5, 1).fill_(double.NegativeInfinity);

        var labels = Draw(50, 1, logits, holdout: false, out var tokens);

        Assert.All(labels.Ids.ToArray(), id => Assert.InRange(id, 2, 4));
        Assert.All(tokens, token => Assert.InRange(token, 2, 4));
        Assert.All(labels.Entropy.ToArray(), entropy => Assert.Equal((Half)Math.Log(3), entropy));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void LogitsThatAreNoNumbersAreRefused(double value)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(3, 6);
        logits.narrow(0, 1, 1).narrow(1, 2, 1).fill_(value);

        var error = Assert.Throws<RefluxException>(() => new LabelSampler(5, 1).Sample(logits, Keys(3)));

        Assert.Equal(ErrorCodes.ModelInvalid, error.Code);
        Assert.Contains("position 1 ", error.Message, StringComparison.Ordinal);
    }

    private static SampledLabels Draw(int draws, double temperature, Tensor logits, bool holdout, out long[] tokens)
    {
        var rows = (int)logits.shape[0];
        var sampled = new LabelSampler(draws, temperature).Sample(logits, Keys(rows));
        tokens = sampled.Tokens;
        return Labels(sampled, rows, holdout);
    }

    private static SampledLabels Labels(SampledRows sampled, int rows, bool holdout = false)
    {
        var builder = new SampledLabelsBuilder(holdout);
        for (var row = 0; row < rows; row++)
        {
            builder.Append(sampled, row);
        }

        return builder.Build();
    }

    private static DrawKey[] Keys(int count)
    {
        var key = DrawKey.For(77, new Id128(123));
        return [.. Enumerable.Range(0, count).Select(key.At)];
    }

    private static void AssertWithinFourSigma(double probability, long successes, long trials)
    {
        var sigma = Math.Sqrt(probability * (1 - probability) / trials);
        Assert.InRange((double)successes / trials, probability - (4 * sigma), probability + (4 * sigma));
    }
}
