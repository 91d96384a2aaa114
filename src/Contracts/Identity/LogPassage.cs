namespace Reflux.Contracts.Identity;

/// <summary>Where a student left its lane's label log and where it went on, since the log does not lead from the one to the other.</summary>
/// <param name="Left">The record that would have been next.</param>
/// <param name="Entered">The record that was next instead.</param>
/// <param name="Gap">True where records between them may be missing, which its owner has accepted; false where the old log had been read to its recorded end.</param>
public sealed record LogPassage(Position Left, Position Entered, bool Gap)
{
    /// <inheritdoc />
    public override string ToString() => $"{Left} to {Entered}{(Gap ? " with a gap" : "")}";
}
