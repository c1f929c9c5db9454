using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Payment.Data;

namespace Yinxin.Payment.Pages;

/// <summary>A page of the payer: the person, or who acts for the organisation. Another's bill does not exist.</summary>
internal abstract class PayersPage(PaymentContext database) : PageModel
{
    protected PaymentContext Database { get; } = database;

    protected IQueryable<BillRecord> Own()
    {
        var user = User.RequireSignedInUser();
        var uscc = user.ActingFor?.Organisation.Uscc;
        return uscc is null ? Database.Bills.Where(b => b.PayerSubject == user.Subject && b.PayerOrganisation == null) : Database.Bills.Where(b => b.PayerOrganisation == uscc);
    }

    protected Task<BillRecord?> FindAsync(string number) => Own().SingleOrDefaultAsync(b => b.BillNumber == number, HttpContext.RequestAborted);
}
