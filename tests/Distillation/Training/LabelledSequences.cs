using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Labelled sequences of one prompt partition, a pure function of their offset.</summary>
internal static class LabelledSequences
{
    public const int Draws = 10;

    public static readonly Guid PromptTopic = new("01890a5d-ac96-774b-bcce-b302099a8057");

    public static Id128 PromptId(long offset) => Id128.Hash(BitConverter.GetBytes(offset));

    /// <summary>A short answer of ids below <paramref name="vocabulary"/> whose teacher prefers the token that follows.</summary>
    public static LabelledSequence At(long offset, bool holdout = false, string? key = null, int vocabulary = 200, int partition = 0)
    {
        var random = new Random((int)offset);
        var (promptLength, labelled) = (2 + random.Next(4), 3 + random.Next(5));
        int[] tokens = [.. Enumerable.Range(0, promptLength + labelled).Select(i => (int)((offset + (i * 7)) % vocabulary))];
        return new LabelledSequence
        {
            SequenceId = key is null ? PromptId(offset) : Id128.Hash(System.Text.Encoding.UTF8.GetBytes(key)),
            PromptId = PromptId(offset),
            Keyed = key is not null,
            Prompt = new Position(new LogId(PromptTopic, partition), offset),
            Sample = 0,
            Holdout = holdout,
            Tokens = tokens,
            PromptLength = promptLength,
            Labels = Labels(tokens[promptLength..], vocabulary, holdout),
        };
    }

    /// <summary>Seven draws of the token itself and three of its successor.</summary>
    private static SampledLabels Labels(int[] targets, int vocabulary, bool holdout)
    {
        var (offsets, ids, counts, logProbabilities) = (new List<int> { 0 }, new List<int>(), new List<ushort>(), new List<Half>());
        foreach (var target in targets)
        {
            var other = (target + 1) % vocabulary;
            (int Id, ushort Count)[] drawn = [(target, 7), (other, 3)];
            foreach (var (id, count) in drawn.OrderBy(draw => draw.Id))
            {
                ids.Add(id);
                counts.Add(count);
                logProbabilities.Add((Half)Math.Log(count / 10.0));
            }

            offsets.Add(ids.Count);
        }

        return new SampledLabels(
            [.. offsets],
            [.. ids],
            [.. counts],
            [.. targets.Select(_ => (Half)0.61)],
            holdout ? [.. logProbabilities] : null);
    }
}
