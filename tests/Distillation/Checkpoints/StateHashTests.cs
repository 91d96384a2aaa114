using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Tests.Training;
using Reflux.Distillation.Training;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Checkpoints;

public sealed class StateHashTests
{
    private static readonly Position Next = new(LabelRecords.Log, 9);

    [Fact]
    public void The_same_state_has_the_same_hash() => Assert.Equal(Hash(), Hash());

    [Fact]
    public void Its_form_is_pinned()
    {
        var empty = new Dictionary<string, Tensor>();

        // SHA-256 of the bytes that docs/log.md lists, put together by hand: form, step 0, no position, two empty safetensors, no dedupe, nothing pending
        Assert.Equal("b942242dece4292092d2e4dda66629e945b17890dd6dbe8e58608d762cbb9e49", StateHash.Of(0, null, empty, empty, [], []));
    }

    [Fact]
    public void Every_part_counts()
    {
        string[] hashes =
        [
            Hash(),
            Hash(step: 4),
            Hash(next: new Position(LabelRecords.Log, 0)),
            Hash(next: Next with { Offset = 10 }),
            Hash(next: Next with { Log = new LogId(Guid.Empty, LabelRecords.Log.Partition) }),
            Hash(weight: 0.5f),
            Hash(weightName: "v"),
            Hash(moment: 2),
            Hash(dedupe: [1, 2, 4]),
            Hash(pending: []),
            Hash(pending: [Waiting(8, 1)]),
            Hash(pending: [Waiting(7, 0)]),
            Hash(pending: [Waiting(7, 1), Waiting(8, 0)]),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static string Hash(
        long step = 3, Position? next = null, float weight = 0.25f, string weightName = "w", float moment = 1, byte[]? dedupe = null, SourcedSequence[]? pending = null)
    {
        using var scope = NewDisposeScope();
        return StateHash.Of(
            step,
            next ?? Next,
            new Dictionary<string, Tensor> { [weightName] = full(2, weight) },
            new Dictionary<string, Tensor> { ["m.w"] = full(2, moment) },
            dedupe ?? [1, 2, 3],
            pending ?? [Waiting(7, 1)]);
    }

    private static SourcedSequence Waiting(long offset, int index)
    {
        var record = new LabelRecords(Guid.Empty, "", "").Of();
        return new SourcedSequence(record, new Position(LabelRecords.Log, offset), index, LabelledSequences.At(3));
    }
}
