namespace Reflux.Models.Generation;

/// <summary>A token with ln p of the model's own distribution (temperature 1, nothing left out).</summary>
/// <param name="Token">The id.</param>
/// <param name="LogProbability">Nats.</param>
public readonly record struct TokenScore(int Token, double LogProbability);
