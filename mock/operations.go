package mock

import "maps"

// plunkOperations maps each operation of the Plunk document to its function.
func (s *Server) plunkOperations() map[string]handler {
	return map[string]handler{
		"sendEmail":  handle(readMail, sendEmail),
		"trackEvent": handle(readTrack, trackEvent),

		"getContacts":        handle(readNone, getContacts),
		"createContact":      handle(readNewContact, createContact),
		"updateContact":      handle(readContactChange, updateContact),
		"deleteContact":      handle(readID, deleteContact),
		"getContact":         handle(readNone, getContact),
		"getContactCount":    handle(readNone, getContactCount),
		"subscribeContact":   handle(readID, subscribeContact),
		"unsubscribeContact": handle(readID, unsubscribeContact),

		"createCampaign": handle(readNewCampaign, createCampaign),
		"updateCampaign": handle(readCampaignChange, updateCampaign),
		"deleteCampaign": handle(readID, deleteCampaign),
		"sendCampaign":   handle(readSendCampaign, sendCampaign),
	}
}

// controlOperations maps each operation of the control document to its function.
func (s *Server) controlOperations() map[string]handler {
	all := map[string]handler{
		"getInfo":                handle(readNone, s.getInfo),
		"getControlDocument":     handle(readNone, s.getControlDocument),
		"getControlDocumentJSON": handle(readNone, s.getControlDocumentJSON),
		"getRedirect":            handle(readNone, s.getRedirect),

		"streamEvents": handle(readNone, s.streamEvents),
	}
	for _, part := range []map[string]handler{s.projectOperations(), s.inboxOperations(), s.faultOperations(), stateOperations()} {
		maps.Copy(all, part)
	}
	return all
}

// projectOperations are about projects as a whole.
func (s *Server) projectOperations() map[string]handler {
	return map[string]handler{
		"listProjects":   handle(readNone, s.listProjects),
		"createProject":  handle(readNewProject, s.createProject),
		"deleteProject":  handle(readNone, s.deleteProject),
		"getSettings":    handle(readNone, getSettings),
		"updateSettings": handle(readSettings, updateSettings),
		"reset":          handle(readKeep, s.reset),

		"getState":   handle(readNone, getState),
		"putState":   handle(readFixture, s.putState),
		"addFixture": handle(readFixture, s.addFixture),
	}
}

// inboxOperations are about mails.
func (s *Server) inboxOperations() map[string]handler {
	return map[string]handler{
		"listMessages":    handle(readNone, listMessages),
		"deleteMessages":  handle(readNone, deleteMessages),
		"markAllRead":     handle(readNone, markAllRead),
		"waitForMessages": handle(readNone, s.waitForMessages),

		"streamInboxEvents": handle(readNone, s.streamInboxEvents),

		"getMessage":      handle(readNone, ofMessage(getMessage)),
		"deleteMessage":   handle(readNone, ofMessage(deleteMessage)),
		"getMessageRaw":   handle(readNone, ofMessage(getMessageRaw)),
		"getMessageHTML":  handle(readNone, ofMessage(getMessageHTML)),
		"getMessageText":  handle(readNone, ofMessage(getMessageText)),
		"getAttachment":   handle(readNone, ofMessage(getAttachment)),
		"getMessageCode":  handle(readNone, ofMessage(getMessageCode)),
		"getMessageLink":  handle(readNone, ofMessage(getMessageLink)),
		"markRead":        handle(readNone, ofMessage(setRead(true))),
		"markUnread":      handle(readNone, ofMessage(setRead(false))),
		"addMessageEvent": handle(readFeedback, addMessageEvent),
		"releaseMessage":  handle(readNone, ofMessage(s.releaseMessage)),
	}
}

// faultOperations are about what goes wrong, and what was called.
func (s *Server) faultOperations() map[string]handler {
	return map[string]handler{
		"listFaults":   handle(readNone, listFaults),
		"createFault":  handle(readRule, createFault),
		"deleteFaults": handle(readNone, deleteFaults),
		"getFault":     handle(readNone, getFault),
		"putFault":     handle(readRule, putFault),
		"switchFault":  handle(readSwitch, switchFault),
		"deleteFault":  handle(readNone, deleteFault),

		"listRequests":             handle(readNone, s.listRequests),
		"deleteRequests":           handle(readNone, s.deleteRequests),
		"getRequest":               handle(readNone, s.getRequest),
		"listUnassignedRequests":   handle(readNone, s.listRequests),
		"deleteUnassignedRequests": handle(readNone, s.deleteRequests),
		"verifyRequests":           handle(readExpectation, s.verifyRequests),
	}
}

// stateOperations look at what a project holds besides mail, and move its clock.
func stateOperations() map[string]handler {
	return map[string]handler{
		"getClock":     handle(readNone, getClock),
		"advanceClock": handle(readBy, advanceClock),
		"setClock":     handle(readAt, setClock),
		"freezeClock":  handle(readNone, freezeClock),
		"resumeClock":  handle(readNone, resumeClock),
		"getSchedule":  handle(readNone, getSchedule),

		"listTemplates":   handle(readNone, listTemplates),
		"listAutomations": handle(readNone, listAutomations),
		"listContacts":    handle(readNone, listContacts),
		"getContact":      handle(readNone, findContact),
		"listEvents":      handle(readNone, listEvents),
		"listCampaigns":   handle(readNone, listCampaigns),
	}
}
