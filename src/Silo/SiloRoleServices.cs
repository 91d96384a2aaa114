using Microsoft.Extensions.DependencyInjection;
using Reflux.Silo.Definitions;
using Reflux.Silo.Options;

namespace Reflux.Silo;

/// <summary>What each role adds to a silo.</summary>
internal static class SiloRoleServices
{
    public static void Add(IServiceCollection services, SiloSettings silo)
    {
        if (silo.Has(SiloRoles.Gateway))
        {
            services.AddHostedService<DefinitionResender>();
        }
    }
}
