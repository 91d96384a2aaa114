namespace Reflux.Silo.Http;

/// <summary>An error with members of its own in the answer.</summary>
internal interface IDetailedError
{
    /// <summary>Extension members of the problem.</summary>
    IReadOnlyDictionary<string, object?> Details { get; }
}
