using Reflux.Contracts.Snapshots;

namespace Reflux.Cli.Demo;

/// <summary>
/// From a prompt's 202 to the first published snapshot trained on it. A snapshot's manifest says up to where in the label log it trained;
/// the label tail says where a prompt's label stands.
/// </summary>
internal sealed class FreshnessMeter
{
    private readonly List<(double Seconds, SnapshotManifest Manifest)> _publications = [];

    public void Published(SnapshotManifest manifest, double seconds) => _publications.Add((seconds, manifest));

    /// <summary>Over all accepted prompts that are not holdout; one that is in no snapshot counts with its age at <paramref name="end"/>.</summary>
    public Freshness Measure(AcceptedPrompts accepted, LabelTail tail, double end)
    {
        var ages = new List<double>();
        var published = 0;
        foreach (var (id, entry) in accepted.All)
        {
            var labelled = tail.Find(id);
            if (labelled is { Holdout: true })
            {
                continue;
            }

            var first = labelled is null ? -1 : _publications.FindIndex(publication => Holds(publication.Manifest, labelled));
            published += first >= 0 ? 1 : 0;
            ages.Add((first >= 0 ? Math.Max(0, _publications[first].Seconds - entry.Seconds) : end - entry.Seconds));
        }

        ages.Sort();
        return ages.Count == 0 ? new Freshness(0, 0, 0) : new Freshness(Quantile(ages, 0.5), Quantile(ages, 0.99), (double)published / ages.Count);
    }

    private static bool Holds(SnapshotManifest manifest, LabelTail.Labelled labelled) =>
        labelled.Offset < manifest.To.Offset || (labelled.Offset == manifest.To.Offset && labelled.Index < manifest.ToSequence);

    private static double Quantile(List<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count) - 1)];
}
