using System.Text.Json;

namespace Reflux.Models.Tokenizers.Normalizers;

/// <summary>The normalizer of a <c>tokenizer.json</c>: its steps, and its own form for writing it again.</summary>
internal sealed class Normalizer(JsonElement json, IReadOnlyList<NormalizerStep> steps)
{
    public JsonElement Json => json;

    public IReadOnlyList<NormalizerStep> Steps => steps;

    public string Apply(string text) => Apply(text, isStart: true);

    /// <summary>
    /// The same for a section in parts. Where a rewriting works across the parts, nobody can say any more who wrote what: then all of it counts
    /// as written by a user.
    /// </summary>
    public IReadOnlyList<TextSegment> Apply(IReadOnlyList<TextSegment> segments)
    {
        if (steps.Count == 0)
        {
            return segments;
        }

        if (segments.Count == 1)
        {
            return [segments[0] with { Text = Apply(segments[0].Text) }];
        }

        string whole = Apply(string.Concat(segments.Select(segment => segment.Text)));
        TextSegment[] parts = new TextSegment[segments.Count];
        bool isStart = true;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = segments[i] with { Text = Apply(segments[i].Text, isStart) };
            isStart &= segments[i].Text.Length == 0;
        }

        return string.Concat(parts.Select(part => part.Text)) == whole ? parts : [new TextSegment(whole, Trusted: false)];
    }

    private string Apply(string text, bool isStart)
    {
        foreach (NormalizerStep step in steps)
        {
            text = step.Apply(text, isStart);
        }

        return text;
    }
}
