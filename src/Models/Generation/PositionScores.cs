namespace Reflux.Models.Generation;

/// <summary>What a model thought of one position.</summary>
/// <param name="Chosen">The token that stands there.</param>
/// <param name="Top">The most probable ones, best first; as many as were asked for.</param>
public sealed record PositionScores(TokenScore Chosen, IReadOnlyList<TokenScore> Top);
