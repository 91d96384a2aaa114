using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Buckets where nothing is left for the tail: as many ids as there are tokens, or more places for ids than tokens.</summary>
public class LogitBucketsTests
{
    private const int Vocabulary = 5;

    private static readonly double[] Student = [0.3, -1.2, 2, 0, -0.4];
    private static readonly double[] Teacher = [0.1, 0.2, 0.4, 0.05, 0.25];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void WithEveryIdTheLossIsTheWholeDistributions(int padded)
    {
        using var scope = NewDisposeScope();
        var width = Vocabulary + padded;
        long[] order = [.. new long[] { 3, 0, 4, 2, 1 }, .. Enumerable.Repeat(3L, padded)];
        var padding = tensor([.. Enumerable.Range(0, width).Select(i => i >= Vocabulary)], [1, width]);
        var teacher = tensor([.. order.Select((id, i) => i < Vocabulary ? Teacher[id] : 0)], [1, width]);
        var logits = tensor(Student, [1, Vocabulary]);

        var loss = LogitBuckets.ReplaceByGradient(logits, tensor(order, [1, width]), padding, temperature: 1, scale: 1, logStudent =>
        {
            var inside = logStudent.narrow(1, 0, width);
            Assert.Equal(double.NegativeInfinity, logStudent.narrow(1, width, 1).item<double>());
            var divergence = (teacher * (teacher.clamp_min(1e-300).log() - inside.masked_fill(padding, 0))).sum(1);
            return (divergence, cat([teacher.neg(), zeros(1, 1, ScalarType.Float64)], 1));
        }).item<double>();

        var student = Softmax(Student);
        Assert.Equal(Teacher.Zip(student).Sum(pair => pair.First * Math.Log(pair.First / pair.Second)), loss, 1e-12);
        var gradient = logits.data<double>().ToArray();
        Assert.All(Enumerable.Range(0, Vocabulary), id => Assert.Equal(student[id] - Teacher[id], gradient[id], 1e-12));
    }

    private static double[] Softmax(double[] logits)
    {
        var sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
