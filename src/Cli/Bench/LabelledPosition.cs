using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Bench;

/// <summary>One labelled position: the answer's token and what describes its distribution.</summary>
/// <param name="Token">x_t.</param>
/// <param name="Ids">Ascending.</param>
/// <param name="Counts">How often each was drawn; empty in top-k labels.</param>
/// <param name="LogProbabilities">ln p of each id in top-k labels, otherwise empty.</param>
/// <param name="LogTailMass">ln of the tail's mass in top-k labels.</param>
/// <param name="Entropy">H(p), nats.</param>
internal sealed record LabelledPosition(int Token, int[] Ids, ushort[] Counts, float[] LogProbabilities, float LogTailMass, Half Entropy)
{
    public static IEnumerable<LabelledPosition> Of(LabelledSequence sequence)
    {
        var i = 0;
        foreach (var target in sequence.Targets)
        {
            var labels = (SampledLabels)sequence.Labels;
            var drawn = labels.Offsets[i]..labels.Offsets[i + 1];
            yield return new(sequence.Tokens[target], labels.Ids[drawn].ToArray(), labels.Counts[drawn].ToArray(), [], 0, labels.Entropy[i]);
            i++;
        }
    }

    /// <summary>A record of sequences of so many positions each, behind prompts of so many random tokens.</summary>
    public static LabelRecord Record(LabelSpec spec, IReadOnlyList<LabelledPosition> positions, int length, int promptLength, int vocabulary) => new()
    {
        LogTopic = Guid.Empty,
        RecordId = default,
        LaneId = Guid.Empty,
        TeacherId = Guid.Empty,
        TeacherRevision = new string('0', 64),
        TokenizerHash = new string('0', 64),
        TemplateHash = new string('0', 64),
        Labels = spec,
        Sequences = [.. positions.Chunk(length).Select((chunk, i) => Sequence(spec.Kind, chunk, i, promptLength, vocabulary))],
    };

    private static LabelledSequence Sequence(LabelKind kind, LabelledPosition[] positions, int number, int promptLength, int vocabulary)
    {
        var random = new Random(number);
        var offsets = new int[positions.Length + 1];
        for (var i = 0; i < positions.Length; i++)
        {
            offsets[i + 1] = offsets[i] + positions[i].Ids.Length;
        }

        int[] ids = [.. positions.SelectMany(position => position.Ids)];
        Half[] entropy = [.. positions.Select(position => position.Entropy)];
        return new LabelledSequence
        {
            SequenceId = new Id128((ulong)number),
            PromptId = new Id128((ulong)number),
            Keyed = false,
            Prompt = new Position(new LogId(Guid.Empty, 0), number),
            Sample = 0,
            Holdout = false,
            Tokens = [.. Enumerable.Range(0, promptLength).Select(_ => random.Next(vocabulary)), .. positions.Select(position => position.Token)],
            PromptLength = promptLength,
            Labels = kind == LabelKind.Sampled
                ? new SampledLabels(offsets, ids, [.. positions.SelectMany(position => position.Counts)], entropy)
                : new TopKLabels(
                    offsets,
                    ids,
                    [.. positions.SelectMany(position => position.LogProbabilities)],
                    [.. positions.Select(position => position.LogTailMass)],
                    entropy),
        };
    }
}
