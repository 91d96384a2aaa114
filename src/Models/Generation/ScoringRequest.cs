namespace Reflux.Models.Generation;

/// <summary>A sequence whose tokens are to be scored.</summary>
/// <param name="Tokens">At least one, at most as many as the model's context.</param>
/// <param name="From">The first token to score, at least 1: nothing predicts token 0.</param>
public sealed record ScoringRequest(int[] Tokens, int From = 1);
