using Reflux.Contracts.Definitions;
using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

public class ChunkedHeadLossTests
{
    private const int Positions = 37;
    private const int Width = 12;
    private const int Vocabulary = 50;
    private const int Tokens = 47;

    public static TheoryData<string, string> Pairs => GradientPropertyTests.Pairs;

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ChunksOfAnySizeGiveWhatAutogradGives(string kind, string divergence)
    {
        using var scope = NewDisposeScope();
        var naive = Naive(kind, divergence);
        var targets = kind == "dense" ? new DenseTargets(cat([Teacher, full(Positions, Vocabulary - Tokens, double.NegativeInfinity)], 1), arange(Positions)) : naive.Targets;
        var (hidden, head) = (Hidden().requires_grad_(true), Head().requires_grad_(true));
        var expected = naive.Loss(hidden.mm(head.t()).narrow(1, 0, Tokens), Positions);
        expected.backward();

        foreach (var chunk in (int[])[0, 1, 10, Positions, 1000])
        {
            var sum = ones_like(head);
            var (loss, gradient) = Chunked(divergence, chunk * Vocabulary * sizeof(double)).Backward(hidden.detach(), head.detach(), Tokens, targets, Positions, sum);

            Assert.Equal(expected.item<double>(), loss, 1e-12);
            AssertClose(hidden.grad!, gradient, 1e-12);
            AssertClose(head.grad!, sum - 1, 1e-12);
        }
    }

    [Fact]
    public void ChunksAreSeenByTheObjectiveNeverWhole()
    {
        using var scope = NewDisposeScope();
        var targets = new WatchedTargets(Naive("sampled", "forward_kl").Targets);

        Chunked("forward_kl", 2 * 10 * Vocabulary * sizeof(double)).Backward(Hidden(), Head(), Tokens, targets, Positions, null);

        // 37 positions in four chunks of at most ten, about equally long; cross-entropy beside the divergence needs a second buffer
        Assert.Equal([10, 10, 10, 7], targets.Lengths);
    }

    [Fact]
    public void ResultIsTheSameBitsEveryTime()
    {
        using var scope = NewDisposeScope();
        var (hidden, head, targets) = (Hidden().to_type(ScalarType.Float32), Head().to_type(ScalarType.Float32), Naive("topk", "jsd({0})").Targets);

        byte[] Bits()
        {
            using var inner = NewDisposeScope();
            var sum = zeros_like(head);
            var (_, gradient) = Chunked("jsd({0})", 5 * Vocabulary * sizeof(float)).Backward(hidden, head, Tokens, targets, Positions, sum);
            return [.. gradient.bytes.ToArray(), .. sum.bytes.ToArray()];
        }

        var first = Bits();
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(first, Bits()));
    }

    [Fact]
    public void UnderBfloat16TheHeadsGradientAddsUpInFloat32()
    {
        using var scope = NewDisposeScope();
        var naive = Naive("sampled", "forward_kl");
        var (hidden, head) = (Hidden().to_type(ScalarType.BFloat16), Head().to_type(ScalarType.BFloat16));
        var exactHead = head.to_type(ScalarType.Float64).requires_grad_(true);
        naive.Loss(hidden.to_type(ScalarType.Float64).mm(exactHead.t()).narrow(1, 0, Tokens), Positions).backward();

        Tensor HeadGradient(Tensor rows, SoftTargets targets)
        {
            var sum = zeros(Vocabulary, Width, ScalarType.Float32);
            var (_, gradient) = Chunked("forward_kl", Vocabulary * sizeof(float)).Backward(rows, head, Tokens, targets, Positions, sum);
            Assert.Equal(ScalarType.BFloat16, gradient.dtype);
            return sum.to_type(ScalarType.Float64);
        }

        var whole = HeadGradient(hidden, naive.Targets);
        var parts = stack([.. Enumerable.Range(0, Positions).Select(row => HeadGradient(hidden.narrow(0, row, 1), naive.Targets.Narrow(row, 1)))]).sum(dim: 0);

        // a sum in bfloat16 would be off by 4e-3 and more
        AssertClose(parts, whole, 1e-5);
        AssertClose(exactHead.grad!, whole, 0.1);

        // nor is a chunk's product rounded to bfloat16 first: what is added is not representable there
        var one = HeadGradient(hidden.narrow(0, 0, 1), naive.Targets.Narrow(0, 1));
        Assert.True((one - one.to_type(ScalarType.BFloat16).to_type(ScalarType.Float64)).abs().max().item<double>() > 0);
    }

    private static ChunkedHeadLoss Chunked(string divergence, long bytes) => new(Objective(divergence), bytes);

    private static Objective Objective(string divergence) =>
        new(Divergence.Parse(string.Format(System.Globalization.CultureInfo.InvariantCulture, divergence, 0.3)), 0.2, 2);

    private static NaiveLoss Naive(string kind, string divergence) =>
        NaiveLoss.Of(kind, Objective(divergence), Teacher, 6, arange(Positions));

    private static Tensor Teacher => Normal(3, Positions, Tokens);

    private static Tensor Hidden() => Normal(1, Positions, Width);

    private static Tensor Head() => Normal(2, Vocabulary, Width) * 0.5;

    private static Tensor Normal(ulong seed, int rows, int columns)
    {
        using var generator = new Generator(seed, CPU);
        return randn(rows, columns, dtype: ScalarType.Float64, generator: generator);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, tolerance * expected.abs().max().item<double>());
}
