package mock

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
	return map[string]handler{
		"getInfo":                handle(readNone, s.getInfo),
		"getControlDocument":     handle(readNone, s.getControlDocument),
		"getControlDocumentJSON": handle(readNone, s.getControlDocumentJSON),

		"listProjects":   handle(readNone, s.listProjects),
		"createProject":  handle(readNewProject, s.createProject),
		"deleteProject":  handle(readNone, s.deleteProject),
		"getSettings":    handle(readNone, getSettings),
		"updateSettings": handle(readSettings, updateSettings),
		"reset":          handle(readKeep, s.reset),

		"listMessages":   handle(readNone, listMessages),
		"deleteMessages": handle(readNone, deleteMessages),
		"getMessage":     handle(readNone, ofMessage(getMessage)),
		"deleteMessage":  handle(readNone, ofMessage(deleteMessage)),
		"getMessageRaw":  handle(readNone, ofMessage(getMessageRaw)),
		"getMessageHTML": handle(readNone, ofMessage(getMessageHTML)),
		"getMessageText": handle(readNone, ofMessage(getMessageText)),
		"getAttachment":  handle(readNone, ofMessage(getAttachment)),
		"markRead":       handle(readNone, ofMessage(setRead(true))),
		"markUnread":     handle(readNone, ofMessage(setRead(false))),

		"waitForMessages": handle(readNone, s.waitForMessages),

		"addMessageEvent": handle(readFeedback, addMessageEvent),

		"getClock":     handle(readNone, getClock),
		"advanceClock": handle(readBy, advanceClock),
		"setClock":     handle(readAt, setClock),
		"freezeClock":  handle(readNone, freezeClock),
		"resumeClock":  handle(readNone, resumeClock),
		"getSchedule":  handle(readNone, getSchedule),

		"listFaults":   handle(readNone, listFaults),
		"createFault":  handle(readRule, createFault),
		"deleteFaults": handle(readNone, deleteFaults),
		"getFault":     handle(readNone, getFault),
		"putFault":     handle(readRule, putFault),
		"deleteFault":  handle(readNone, deleteFault),

		"listRequests":             handle(readNone, s.listRequests),
		"deleteRequests":           handle(readNone, s.deleteRequests),
		"getRequest":               handle(readNone, s.getRequest),
		"listUnassignedRequests":   handle(readNone, s.listRequests),
		"deleteUnassignedRequests": handle(readNone, s.deleteRequests),
		"verifyRequests":           handle(readExpectation, s.verifyRequests),

		"streamEvents": handle(readNone, s.streamEvents),

		"getState":   handle(readNone, getState),
		"putState":   handle(readFixture, s.putState),
		"addFixture": handle(readFixture, s.addFixture),

		"listTemplates":   handle(readNone, listTemplates),
		"listAutomations": handle(readNone, listAutomations),

		"listContacts":  handle(readNone, listContacts),
		"getContact":    handle(readNone, findContact),
		"listEvents":    handle(readNone, listEvents),
		"listCampaigns": handle(readNone, listCampaigns),
	}
}
