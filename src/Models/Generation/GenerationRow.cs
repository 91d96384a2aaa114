namespace Reflux.Models.Generation;

/// <summary>One prompt with its answer so far.</summary>
/// <param name="index">Of the prompt.</param>
/// <param name="prompt">Its tokens.</param>
/// <param name="limit">The longest answer that fits.</param>
internal sealed class GenerationRow(int index, int[] prompt, int limit)
{
    public int Index { get; } = index;

    public int[] Prompt { get; } = prompt;

    public int Limit { get; } = limit;

    public List<int> Answer { get; } = [];

    /// <summary>Where the answer's newest token stands in the sequence.</summary>
    public int Position => Prompt.Length + Answer.Count - 1;

    public bool Finished { get; set; }
}
