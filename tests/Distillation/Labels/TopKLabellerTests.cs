using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Labels;

public class TopKLabellerTests
{
    [Theory]
    [InlineData(1.0, 7)]
    [InlineData(2.0, 1)]
    [InlineData(0.7, 299)]
    public void TheMostProbableIdsStandWithTheirLogProbabilities(double temperature, int k)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var logits = randn(9, 300, generator: generator) * 3;

        var labels = Label(k, temperature, logits);

        var exact = (logits.to_type(ScalarType.Float64) / temperature).log_softmax(1).data<double>().ToArray().Chunk(300).ToArray();
        for (var row = 0; row < 9; row++)
        {
            var (from, to) = (labels.Offsets[row], labels.Offsets[row + 1]);
            var ids = labels.Ids[from..to].ToArray();
            Assert.Equal(Enumerable.Range(0, 300).OrderByDescending(id => exact[row][id]).Take(k).Order(), ids);
            Assert.All(ids.Zip(labels.LogProbabilities[from..to].ToArray()), pair => Assert.Equal(exact[row][pair.First], pair.Second, 1e-5));
            var tail = Math.Log(exact[row].Where((_, id) => !ids.Contains(id)).Sum(Math.Exp));
            Assert.Equal(tail, labels.LogTailMass[row], 1e-5);
            Assert.Equal((Half)(-exact[row].Sum(value => value * Math.Exp(value))), labels.Entropy[row]);
        }
    }

    [Fact]
    public void ATailTooSmallForOneMinusTheRestIsExact()
    {
        // 998 ids at e^-40 of the first two: 1 − Σ is 0 even in float64
        using var scope = NewDisposeScope();
        var logits = full(1, 1000, -40.0, dtype: ScalarType.Float32);
        logits.narrow(1, 3, 2).fill_(0);

        var labels = Label(2, 1, logits);

        Assert.Equal([3, 4], labels.Ids.ToArray());
        Assert.Equal(Math.Log(998) - 40 - Math.Log(2), labels.LogTailMass[0], 1e-5);
    }

    [Fact]
    public void IdsOfNoProbabilityAreLeftOutAndMakeNoTail()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(2, 6);
        logits.narrow(1, 3, 3).fill_(double.NegativeInfinity);

        foreach (var k in new[] { 3, 5, 6, 100 })
        {
            var labels = Label(k, 1, logits);
            Assert.Equal([0, 1, 2, 0, 1, 2], labels.Ids.ToArray());
            Assert.All(labels.LogTailMass.ToArray(), tail => Assert.Equal(float.NegativeInfinity, tail));
        }

        Assert.Equal(Math.Log(1.0 / 3), Label(2, 1, logits).LogTailMass[0], 1e-6);
    }

    [Fact]
    public void AnswersDoNotDependOnTheFormOfTheLabels()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        var logits = randn(400, 700, generator: generator);
        var keys = Keys(400);

        Assert.Equal(new LabelSampler(3, 1.3).Sample(logits, keys).Tokens, new TopKLabeller(8, 1.3).Sample(logits, keys).Tokens);
    }

    [Fact]
    public void LogitsThatAreNoNumbersAreRefused()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(3, 6);
        logits.narrow(0, 2, 1).narrow(1, 2, 1).fill_(double.NaN);

        var error = Assert.Throws<RefluxException>(() => new TopKLabeller(5, 1).Sample(logits, Keys(3)));

        Assert.Equal(ErrorCodes.ModelInvalid, error.Code);
    }

    private static TopKLabels Label(int k, double temperature, Tensor logits)
    {
        var rows = (int)logits.shape[0];
        var labeller = new TopKLabeller(k, temperature);
        var labelled = labeller.Sample(logits, Keys(rows));
        var builder = labeller.CreateBuilder(holdout: false);
        for (var row = 0; row < rows; row++)
        {
            builder.Append(labelled, row);
        }

        return builder.Build();
    }

    private static DrawKey[] Keys(int count)
    {
        var key = DrawKey.For(77, new Id128(123));
        return [.. Enumerable.Range(0, count).Select(key.At)];
    }
}
