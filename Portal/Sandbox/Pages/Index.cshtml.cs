using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Sandbox.Registers;

namespace Yinxin.Sandbox.Pages;

internal sealed class IndexModel(Registers.Registers registers) : PageModel
{
    public IEnumerable<RegisteredPerson> Persons => registers.Persons.Take(50);

    public IEnumerable<RegisteredOrganisation> Organisations => registers.Organisations.Take(20);
}
