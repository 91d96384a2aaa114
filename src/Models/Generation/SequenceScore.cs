namespace Reflux.Models.Generation;

/// <summary>How probable a model finds a sequence.</summary>
/// <param name="From">The first token scored.</param>
/// <param name="LogProbabilities">ln p(x_t | x_&lt;t) for t from there on, nats.</param>
public sealed record SequenceScore(int From, double[] LogProbabilities)
{
    /// <summary>Of all tokens scored, nats.</summary>
    public double Sum => LogProbabilities.Sum();
}
