using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Yinxin.Identity.Server.Data;

/// <summary>Gives each person that is read what opens its name, so that only who asks for a name pays for it.</summary>
internal sealed class PersonReading : IMaterializationInterceptor
{
    /// <summary>One for all servers of a process: the engine keeps services of its own for every instance.</summary>
    public static readonly PersonReading Instance = new();

    public object InitializedInstance(MaterializationInterceptionData materializationData, object instance)
    {
        if (instance is Person person)
        {
            person.Reader = materializationData.Context.GetService<PersonalData>();
        }

        return instance;
    }
}
