namespace Reflux.Distillation.Training;

/// <summary>The newest holdout sequences, in log order.</summary>
internal sealed class HoldoutWindow
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 1024;

    private readonly Queue<SourcedSequence> _sequences = new();

    public void Add(SourcedSequence sequence)
    {
        _sequences.Enqueue(sequence);
        if (_sequences.Count > Capacity)
        {
            _sequences.Dequeue();
        }
    }

    /// <summary>The sequences as they are now, oldest first.</summary>
    public IReadOnlyList<SourcedSequence> ToList() => [.. _sequences];
}
