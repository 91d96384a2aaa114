using Reflux.Contracts.Definitions;
using Reflux.Models;

namespace Reflux.Silo.Teaching;

/// <summary>Makes labellers.</summary>
internal interface ILaneLabellerFactory
{
    /// <summary>The labeller of a lane under a teacher.</summary>
    /// <exception cref="ModelException">The teacher's directory is no model.</exception>
    Task<LaneLabeller> CreateAsync(Definition lane, Definition teacher, CancellationToken cancellation);
}
