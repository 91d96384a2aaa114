using Reflux.Models;
using System.Diagnostics;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>
/// Computes head and loss twice, naively or in chunks, in a process that has done nothing else: the first pass warms up, the second is timed, and what the process,
/// or on a GPU the device, has given at most is theirs. To be run on the compute thread.
/// </summary>
internal static class HeadLossRun
{
    private const int Draws = 50;
    private const int UniqueIds = 12;

    public static HeadLossFigures Measure(HeadLossShape shape, bool naive, Device device)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var (hidden, head) = (Normal(shape.Tokens, 1), Normal(shape.Vocabulary, 1 / Math.Sqrt(shape.Hidden)));
        LabelledSequence[] labels = [Labels(shape)];
        var (soft, plain) = (SoftTargets.FromLabels(labels, device), SampledTargets.From(labels, device));
        var small = ones(64, 64, head.dtype, device);
        small.mm(small);
        Func<(Tensor Hidden, Tensor Head)> pass = naive ? () => Naive(hidden, head, plain) : () => Chunked(hidden, head, soft);

        var before = MeasuredMemory.Used(device);
        Time(pass, device);
        var seconds = Time(pass, device);
        var peak = MeasuredMemory.Peak(device) - before;
        return new HeadLossFigures(peak, seconds, naive ? Error(pass(), Chunked(hidden, head, soft)) : null);

        Tensor Normal(long rows, double deviation)
        {
            using var drawing = NewDisposeScope();
            var precise = empty(rows, shape.Hidden).normal_(0, deviation, generator);
            return precise.to(shape.Dtype == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32, device).MoveToOuterDisposeScope();
        }
    }

    private static (Tensor Hidden, Tensor Head) Naive(Tensor hidden, Tensor head, SampledTargets targets)
    {
        var (states, weight) = (hidden.detach().requires_grad_(true), head.detach().requires_grad_(true));
        using (var loss = Loss())
        {
            loss.backward();
        }

        return (states.grad!, weight.grad!);

        // nothing is held that autograd doesn't hold
        Tensor Loss()
        {
            using var scope = NewDisposeScope();
            using var logits = nn.functional.linear(states, weight);
            using var logProbabilities = logits.to_type(ScalarType.Float32).log_softmax(1);
            return (logProbabilities.gather(1, targets.Ids) * targets.Weights).sum().Over(-hidden.shape[0]).MoveToOuterDisposeScope();
        }
    }

    private static (Tensor Hidden, Tensor Head) Chunked(Tensor hidden, Tensor head, SoftTargets targets)
    {
        var sum = zeros_like(head, ScalarType.Float32);
        var loss = new ChunkedHeadLoss(new Objective(Divergence.ForwardKl, 0, 1), ChunkedHeadLoss.DefaultChunkBytes(head.device));
        return (loss.Backward(hidden, head, (int)head.shape[0], targets, hidden.shape[0], sum).HiddenGradient, sum);
    }

    private static double Time(Func<(Tensor, Tensor)> pass, Device device)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        pass();
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Error((Tensor Hidden, Tensor Head) naive, (Tensor Hidden, Tensor Head) chunked) =>
        Math.Max(Error(naive.Hidden, chunked.Hidden), Error(naive.Head, chunked.Head));

    private static double Error(Tensor naive, Tensor chunked)
    {
        using var scope = NewDisposeScope();
        var expected = naive.to_type(ScalarType.Float32);
        return ((expected - chunked).abs().max() / expected.abs().max()).item<float>();
    }

    private static LabelledSequence Labels(HeadLossShape shape)
    {
        var random = new Random(1);
        var ids = new SortedSet<int>();
        var (drawn, counts) = (new List<int>(), new List<ushort>());
        for (var position = 0; position < shape.Tokens; position++)
        {
            ids.Clear();
            while (ids.Count < UniqueIds)
            {
                ids.Add(random.Next(shape.Vocabulary));
            }

            drawn.AddRange(ids);
            counts.AddRange([Draws - UniqueIds + 1, .. Enumerable.Repeat((ushort)1, UniqueIds - 1)]);
        }

        return new LabelledSequence
        {
            SequenceId = default,
            PromptId = default,
            Keyed = false,
            Prompt = new Position(new LogId(Guid.Empty, 0), 0),
            Sample = 0,
            Holdout = false,
            Tokens = [.. Enumerable.Range(0, shape.Tokens + 1).Select(_ => random.Next(shape.Vocabulary))],
            PromptLength = 1,
            Labels = new SampledLabels([.. Enumerable.Range(0, shape.Tokens + 1).Select(i => i * UniqueIds)], [.. drawn], [.. counts], new Half[shape.Tokens]),
        };
    }
}
