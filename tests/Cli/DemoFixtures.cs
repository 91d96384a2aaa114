using Reflux.Cli.Demo;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Tests;

/// <summary>A small run put together by hand: prompts on one partition, label records on another.</summary>
internal sealed class DemoFixtures
{
    private static readonly LogId Prompts = new(Guid.Parse("11111111-0000-0000-0000-000000000000"), 0);
    private static readonly Guid Lane = Guid.Parse("22222222-0000-0000-0000-000000000000");

    public AcceptedPrompts Accepted { get; } = new();

    public LabelTail Tail { get; } = new();

    public static Position At(long offset) => new(Prompts, offset);

    public static Id128 Id(int number) => SequenceIdentity.PromptId(Lane, $"{number}");

    public void Accept(int number, long offset, double seconds = 0) => Accepted.Add(Id(number), new AcceptedPrompts.Entry(ProductLine.Kitchen, At(offset), seconds));

    /// <summary>A label record at <paramref name="record"/> with a sequence for each (prompt, prompt offset, holdout).</summary>
    public void Label(long record, params (int Prompt, long Offset, bool Holdout)[] sequences) => Tail.Add(record, LabelRecordCodec.Encode(new LabelRecord
    {
        LogTopic = Guid.Empty,
        RecordId = Id128.Random(),
        LaneId = Lane,
        TeacherId = Guid.Empty,
        TeacherRevision = new string('0', 64),
        TokenizerHash = new string('1', 64),
        TemplateHash = new string('2', 64),
        Labels = new LabelSpec(LabelKind.Sampled, 2, 1),
        Sequences = [.. sequences.Select(Sequence)],
    }));

    /// <summary>A student's account: the prompts that took effect (once for each time they are named), the offsets that are done with, and those that wait.</summary>
    public static StudentAccounting Accounting(int[] trained, int[] holdout, long[] effects, params long[] pending)
    {
        var bitmap = new byte[16];
        foreach (var offset in effects)
        {
            bitmap[offset / 8] |= (byte)(1 << (int)(offset % 8));
        }

        var sum = trained.Concat(holdout).Aggregate(UInt128.Zero, (sum, prompt) => unchecked(sum + SequenceOf(prompt).Value));
        return new StudentAccounting(
            [new PartitionAccounting(Prompts, 0, Convert.ToBase64String(bitmap))], trained.Length, holdout.Length, new Id128(sum), 0, 0, [.. pending.Select(At)]);
    }

    private static Id128 SequenceOf(int prompt) => SequenceIdentity.SequenceId(Lane, Id(prompt), 0);

    private static LabelledSequence Sequence((int Prompt, long Offset, bool Holdout) from) => new()
    {
        SequenceId = SequenceOf(from.Prompt),
        PromptId = Id(from.Prompt),
        Keyed = true,
        Prompt = At(from.Offset),
        Sample = 0,
        Holdout = from.Holdout,
        Tokens = [1, 2, 3],
        PromptLength = 2,
        Labels = new SampledLabels([0, 1], [3], [2], [(Half)0], from.Holdout ? [(Half)0] : null),
    };
}
