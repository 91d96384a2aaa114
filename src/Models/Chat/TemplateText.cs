using System.Text;
using Reflux.Models.Tokenizers;

namespace Reflux.Models.Chat;

/// <summary>A text of which is known, stretch by stretch, whether the template or a user wrote it. Immutable.</summary>
internal sealed class TemplateText
{
    // where each segment begins, so that a slice costs no more than it holds
    private readonly int[] _starts;

    private TemplateText(IReadOnlyList<TextSegment> segments)
    {
        (Segments, Value) = (segments, segments.Count == 1 ? segments[0].Text : string.Concat(segments.Select(segment => segment.Text)));
        _starts = new int[segments.Count];
        for (int i = 1; i < _starts.Length; i++)
        {
            _starts[i] = _starts[i - 1] + segments[i - 1].Text.Length;
        }
    }

    public static TemplateText Empty { get; } = new([]);

    public IReadOnlyList<TextSegment> Segments { get; }

    public string Value { get; }

    public bool IsTrusted => Segments.All(segment => segment.Trusted);

    public static TemplateText Trusted(string text) => Of(text, isTrusted: true);

    public static TemplateText Of(string text, bool isTrusted) => text.Length == 0 ? Empty : new([new TextSegment(text, isTrusted)]);

    public static TemplateText Concat(IEnumerable<TemplateText> texts)
    {
        List<TextSegment> joined = [];
        StringBuilder run = new();
        bool isTrusted = false;
        foreach (TextSegment segment in texts.SelectMany(text => text.Segments))
        {
            if (segment.Trusted != isTrusted && run.Length > 0)
            {
                joined.Add(new TextSegment(run.ToString(), isTrusted));
                run.Clear();
            }

            isTrusted = segment.Trusted;
            run.Append(segment.Text);
        }

        if (run.Length > 0)
        {
            joined.Add(new TextSegment(run.ToString(), isTrusted));
        }

        return new TemplateText(joined);
    }

    /// <summary>The same writers, other characters.</summary>
    public TemplateText Map(Func<string, string> change) => new([.. Segments.Select(segment => segment with { Text = change(segment.Text) }).Where(segment => segment.Text.Length > 0)]);

    /// <summary>A text that was made of this one in a way that doesn't tell who wrote what of it.</summary>
    public TemplateText Derived(string text) => Of(text, IsTrusted);

    public TemplateText Slice(int start, int length)
    {
        if (start == 0 && length == Value.Length)
        {
            return this;
        }

        List<TextSegment> parts = [];
        int at = Array.BinarySearch(_starts, start);
        for (int i = Math.Max(0, at < 0 ? ~at - 1 : at); i < _starts.Length && _starts[i] < start + length; i++)
        {
            (string text, bool isTrusted) = Segments[i];
            int first = Math.Max(start - _starts[i], 0);
            int last = Math.Min(start + length - _starts[i], text.Length);
            if (first < last)
            {
                parts.Add(new TextSegment(text[first..last], isTrusted));
            }
        }

        return new TemplateText(parts);
    }

    public override string ToString() => Value;
}
